package query_test

import (
	"strings"
	"testing"

	"hubscope/hub/localhub/query"
)

const things = `{"deviceId":"d","status":"enabled","tags":{"s":"text","q":"it's","n":3,"f":0.5,"t":true,"z":null,"a":[1,"x",{"k":7}],"o":{"p":1},"my-tag":"odd","Case":1,"ü":"ä","0":"digit","e":"x\"yA","é":2}}`

// Each condition of protocol 3.1 and 3.2 with what it gives for the document
// above.
// Protocol 3.1.1, 3.1.3, 3.2.1.
func TestConditions(t *testing.T) {
	row := documents(t, things).rows[0]
	for _, test := range []struct {
		group, holds, fails string // conditions, one a line
	}{
		{
			"comparison of the same type",
			`tags.s = 'text'
			 tags.s = "text"
			 tags.n != 4
			 tags.n <> 4
			 tags.n >= 3
			 tags.n <= 3
			 tags.n < 3.5
			 tags.f > 0.4
			 tags.t = true
			 tags.z = null
			 3 = tags.n
			 tags.n = 0x3
			 tags.n = 3e0
			 'a' < 'b'
			 'B' < 'a'`,
			`tags.s = 'TEXT'
			 tags.n = 4
			 tags.t = false
			 tags.s < 'text'`,
		},
		{
			"incomparable sides, != included",
			`NOT (tags.none = 'x')
			 NOT (tags.n = '3')`,
			`tags.n = '3'
			 tags.n != '3'
			 tags.none = 'x'
			 tags.none != 'x'
			 tags.none = undefined
			 undefined = undefined
			 tags.none = null
			 tags.s > 1
			 tags.o = tags.o
			 tags.a = tags.a
			 tags.z != 1`,
		},
		{
			"what is not true does not match",
			`tags.t
			 true`,
			`tags.s
			 tags.n
			 tags.z
			 tags.o
			 tags.a
			 tags.none
			 undefined
			 null
			 1
			 'true'
			 NOT tags.n
			 NOT tags.none
			 NOT tags.t`,
		},
		{
			"AND, OR, NOT",
			`tags.none OR true
			 true OR tags.none
			 NOT (tags.none AND false)
			 true OR false AND false
			 NOT false AND true
			 NOT NOT true
			 tags.n = 3 AND tags.s = 'text' AND tags.t`,
			`tags.none AND true
			 tags.none OR false
			 NOT (tags.none OR false)
			 (true OR false) AND false
			 NOT (tags.none AND true)`,
		},
		{
			"IN and NIN",
			`tags.s IN ['a', 'text']
			 tags.n IN [1, -2, 3]
			 tags.n IN ['3', 3]
			 tags.n NIN [1, 2]
			 tags.n NOT IN [1, 2]
			 tags.n NIN ['3']
			 NOT tags.n IN [1]
			 tags.t IN [true]
			 tags.z in [null]`,
			`tags.s IN ['a']
			 tags.none IN ['a', null, undefined]
			 tags.none NIN ['a']
			 tags.n NIN [3]
			 tags.n NOT IN [3]
			 tags.o NIN [1]`,
		},
		{
			"arithmetic",
			`tags.n + 1 = 4
			 tags.n * 2 + 1 = 7
			 1 + tags.n * 2 = 7
			 (1 + tags.n) * 2 = 8
			 tags.n - 1 - 1 = 1
			 tags.n / 2 = 1.5
			 tags.n % 2 = 1
			 -tags.n = -3
			 - -3 = +3
			 0.1e1 = .5 * 2
			 NOT is_defined(1/0)`,
			`tags.n / 0 = 0
			 tags.s + 1 = 1
			 is_defined(tags.n % 0)`,
		},
		{
			"paths",
			`STATUS = 'enabled'
			 Tags.s = 'text'
			 devices.status = 'enabled'
			 DEVICES.tags.n = 3
			 devices.modules.tags.n = 3
			 devices.jobs.deviceId = 'd'
			 id = 'd'
			 [[deviceId]] = 'd'
			 tags.[[my-tag]] = 'odd'
			 tags.a[0] = 1
			 tags.a[1] = 'x'
			 tags.a[2].k = 7
			 tags.ü = 'ä'
			 tags.[[0]] = 'digit'
			 tags.e = 'x"yA'`,
			`tags.case = 1
			 tags.S = 'text'
			 is_defined(tags.a[3])
			 is_defined(tags.s.length)
			 is_defined(tags.a.k)
			 is_defined(tags.o[0])
			 is_defined(nothing)
			 is_defined(tags.a.[[0]])`,
		},
		{
			"strings",
			`tags.q = 'it\'s'
			 tags.q = 'it''s'
			 tags.q = "it's"
			 '"' = "\""
			 "a""b" = 'a"b'
			 'A' = '\u0041'
			 '\\' = "\\"
			 length('\uD83D\uDE00') = 1
			 '' = ""`,
			`'a' = 'A'`,
		},
		{
			"numeric functions",
			`ABS(-2) = 2
			 exp(0) = 1
			 POWER(2, 3) = 8
			 SQUARE(tags.n) = 9
			 CEILING(0.2) = 1
			 FLOOR(0.8) = 0
			 SIGN(-3) = -1 AND SIGN(0) = 0 AND SIGN(9) = 1
			 SQRT(9) = 3
			 AS_NUMBER('12.5') = 12.5
			 AS_NUMBER('-2') = -2
			 AS_NUMBER(tags.n) = 3
			 NOT is_defined(AS_NUMBER('x'))
			 NOT is_defined(SQRT(-1))
			 NOT is_defined(EXP(100000))
			 NOT is_defined(ABS('x'))`,
			`is_defined(AS_NUMBER(true))
			 is_defined(AS_NUMBER('--1'))
			 is_defined(AS_NUMBER('NaN'))`,
		},
		{
			"type functions",
			`IS_ARRAY(tags.a)
			 IS_BOOL(tags.t)
			 IS_DEFINED(tags.z)
			 IS_NULL(tags.z)
			 IS_NUMBER(tags.n)
			 IS_OBJECT(tags.o)
			 IS_PRIMITIVE(tags.s) AND IS_PRIMITIVE(tags.z) AND IS_PRIMITIVE(tags.n) AND IS_PRIMITIVE(tags.t)
			 IS_STRING(tags.s)`,
			`IS_ARRAY(tags.o)
			 IS_OBJECT(tags.a)
			 IS_NULL(tags.none)
			 IS_PRIMITIVE(tags.o)
			 IS_PRIMITIVE(tags.none)
			 IS_DEFINED(tags.none)
			 IS_STRING(tags.n)`,
		},
		{
			"string functions",
			`CONCAT('a', 'b', 'c') = 'abc'
			 LENGTH(tags.s) = 4
			 LENGTH(tags.ü) = 1
			 LOWER('AbC') = 'abc'
			 UPPER(tags.ü) = 'Ä'
			 SUBSTRING(tags.s, 1) = 'ext'
			 SUBSTRING(tags.s, 1, 2) = 'ex'
			 SUBSTRING(tags.s, 9) = ''
			 SUBSTRING(tags.s, 2, 1e300) = 'xt'
			 INDEX_OF('äbc', 'c') = 2
			 INDEX_OF('abc', 'x') = -1
			 STARTSWITH('abc', 'a')
			 STARTS_WITH('abc', 'a')
			 endsWith('abc', 'c')
			 ENDS_WITH('abc', 'c')
			 CONTAINS('abc', 'b')
			 ARRAY_CONTAINS(tags.a, 'x')
			 ARRAY_CONTAINS([1, 2], 2)
			 NOT is_defined(CONCAT('a', tags.n))`,
			`STARTSWITH(tags.n, '3')
			 ARRAY_CONTAINS(tags.s, 't')
			 ARRAY_CONTAINS(tags.a, '1')
			 is_defined(SUBSTRING(tags.s, -1))
			 is_defined(LENGTH(tags.a))`,
		},
	} {
		t.Run(test.group, func(t *testing.T) {
			for want, conditions := range map[bool]string{true: test.holds, false: test.fails} {
				for line := range strings.SplitSeq(conditions, "\n") {
					c, err := query.ParseCondition(strings.TrimSpace(line))
					if err != nil {
						t.Errorf("%s: %v", line, err)
					} else if c.Matches(row) != want {
						t.Errorf("%s: %v", line, !want)
					}
				}
			}
		})
	}
}

// Protocol 2.8 and 2.9: the texts of jobs and configurations.
func TestConditionTexts(t *testing.T) {
	for text, want := range map[string]query.Collection{
		"": query.Devices, "*": query.Devices, " ": query.Devices, "deviceId IN ['a','b']": query.Devices, "tags.a='b'": query.Devices,
		"from devices.modules where moduleId = 'm'": query.Modules, "FROM devices.modules": query.Modules,
	} {
		c, err := query.ParseCondition(text)
		if err != nil || c.Collection() != want {
			t.Errorf("%q: %v, %v", text, c, err)
		}
	}
	for _, text := range []string{"* tags.a = 1", "WHERE tags.a = 1", "from nowhere", "from devices.modules moduleId = 'm'", "tags.a = 1 GROUP BY status"} {
		if _, err := query.ParseCondition(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
	c, err := query.ParseCondition("tags.n > 1")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	sources := query.Sources{Devices: documents(t, `{"deviceId":"a","tags":{"n":1}}`, `{"deviceId":"b","tags":{"n":2}}`)}
	for keys, err := range c.Keys(t.Context(), sources) {
		if n += len(keys); err != nil || keys[0] != "b" {
			t.Errorf("%v, %v", keys, err)
		}
	}
	if n != 1 {
		t.Errorf("%d rows", n)
	}
}
