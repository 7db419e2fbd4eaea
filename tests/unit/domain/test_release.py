"""What to type for a package that is missing."""

from __future__ import annotations

from policy_router.domain.release import install


def test_an_extra_is_installed_from_a_checkout() -> None:
    assert install("ui").endswith("pip install '.[ui]'")
    assert "checkout" in install("ui")
