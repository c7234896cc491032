package query

// MaxText is the greatest length of a query, in characters (protocol 3.4).
const MaxText = 8192

// described is a word with what it means, in few words.
type described struct{ word, means string }

// functions of the language (protocol 3.2). Documentation knows is_defined alone for
// twins; official tools use more, so all of them are offered.
var functions = []described{
	{"is_defined", "the field is there"},
	{"STARTSWITH", "a text begins with another"},
	{"ENDSWITH", "a text ends with another"},
	{"CONTAINS", "a text holds another"},
	{"array_contains", "a list holds a value"},
	{"is_null", "null"},
	{"is_string", "a text"},
	{"is_number", "a number"},
	{"is_bool", "true or false"},
	{"is_array", "a list"},
	{"is_object", "an object"},
	{"is_primitive", "text, number, true, false or null"},
	{"as_number", "a text as a number"},
	{"LENGTH", "of a text"},
	{"LOWER", "in small letters"},
	{"UPPER", "in capitals"},
	{"CONCAT", "texts put together"},
	{"SUBSTRING", "a part: text, start, length"},
	{"INDEX_OF", "where a text is in another"},
	{"ABS", "without its sign"},
	{"CEILING", "rounded up"},
	{"FLOOR", "rounded down"},
	{"SIGN", "-1, 0 or 1"},
	{"SQRT", "square root"},
	{"SQUARE", "times itself"},
	{"POWER", "base, exponent"},
	{"EXP", "e to the power"},
	{"STARTS_WITH", "older name of STARTSWITH"},
	{"ENDS_WITH", "older name of ENDSWITH"},
}

// aggregates count over devices; what they give are no devices.
var aggregates = []described{
	{"COUNT", "how many"}, {"AVG", "mean"}, {"SUM", "sum"}, {"MIN", "least"}, {"MAX", "greatest"},
}

// identity are the fields of a twin that are no tags and no properties (protocol 3.1), with values that they can have.
var identity = []struct {
	path, means string
	values      []string
}{
	{"deviceId", "", nil},
	{"status", "enabled or disabled", []string{"'enabled'", "'disabled'"}},
	{"connectionState", "Connected or Disconnected", []string{"'Connected'", "'Disconnected'"}},
	{"lastActivityTime", "such as '2026-11-01'", nil},
	{"authenticationType", "sas, selfSigned, …", []string{"'sas'", "'selfSigned'", "'certificateAuthority'", "'none'"}},
	{"capabilities.iotEdge", "true for IoT Edge", []string{"true", "false"}},
	{"cloudToDeviceMessageCount", "messages waiting", nil},
	{"statusReason", "", nil},
	{"statusUpdateTime", "", nil},
	{"deviceScope", "", nil},
	{"parentScopes", "a list", nil},
	{"modelId", "", nil},
	{"etag", "", nil},
	{"version", "of the twin", nil},
	{"moduleId", "of devices.modules", nil},
	{"properties.desired.$version", "", nil},
	{"properties.reported.$version", "", nil},
}

// reserved words cannot be names unless they stand in [[ ]].
var reserved = map[string]bool{
	"select": true, "top": true, "from": true, "where": true, "group": true, "by": true, "as": true,
	"and": true, "or": true, "not": true, "in": true, "nin": true, "true": true, "false": true, "null": true, "undefined": true,
}

// unknown are keywords of other languages that this one has not (protocol 3.1).
var unknown = map[string]string{
	"like": "there is no LIKE: write STARTSWITH or CONTAINS", "order": "there is no ORDER BY: o sorts the list",
	"join": "there is no JOIN", "having": "there is no HAVING", "distinct": "there is no DISTINCT: use GROUP BY", "limit": "there is no LIMIT: write SELECT TOP 10 * …",
	"is": "there is no IS: write is_null(…) or is_defined(…)", "between": "there is no BETWEEN: write … >= 1 AND … <= 9", "exists": "there is no EXISTS: write is_defined(…)",
}

// comparisons between two values.
var comparisons = []string{"=", "!=", "<>", "<=", ">=", "<", ">"}
