package bench

import rego.v1

demands := {
	"personal": ["contract", "untrained", "short_storage"],
	"eu": ["eu_basis"],
	"uk": ["uk_basis"],
	"special": ["in_eea", "zero"],
	"secret": ["closed"],
	"confidential": ["quiet"],
	"payment": ["certified"],
	"clinic": ["ga", "unread"],
}

wanted := {field: true | some name, fields in demands; input[name]; some field in fields}

permitted := [route | some route in data.routes; object.subset(route, wanted)]

cheapest := min([[route.price, route.id] | some route in permitted])[1]
