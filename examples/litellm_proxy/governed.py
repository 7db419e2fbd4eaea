"""The hook that a LiteLLM proxy loads: `governed.hook`, and its callers' keys."""

from policy_router import load
from policy_router.enforcement.litellm_hook import PolicyHook

hook = PolicyHook(load(project="policy-router.yaml"))
authenticate = hook.authenticate
