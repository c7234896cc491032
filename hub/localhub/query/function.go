package query

import (
	"math"
	"strconv"
	"strings"
)

// function is one of protocol 3.2. A call with an argument of a type that the
// function does not take gives undefined.
type function struct {
	min, max int // arguments; max -1: any number
	call     func(args []Value) Value
}

// functions by name in capitals; all of them work on every source.
var functions = map[string]function{
	"ABS":     numeric(math.Abs),
	"EXP":     numeric(math.Exp),
	"SQUARE":  numeric(func(x float64) float64 { return x * x }),
	"CEILING": numeric(math.Ceil),
	"FLOOR":   numeric(math.Floor),
	"SIGN":    numeric(sign),
	"SQRT":    numeric(math.Sqrt),
	"POWER":   {2, 2, power},

	"AS_NUMBER":    {1, 1, asNumber},
	"IS_ARRAY":     check(func(v Value) bool { return v.kind == Array }),
	"IS_BOOL":      check(func(v Value) bool { return v.kind == Bool }),
	"IS_DEFINED":   check(func(v Value) bool { return v.kind != Undefined }),
	"IS_NULL":      check(func(v Value) bool { return v.kind == Null }),
	"IS_NUMBER":    check(func(v Value) bool { return v.kind == Number }),
	"IS_OBJECT":    check(func(v Value) bool { return v.kind == Object }),
	"IS_PRIMITIVE": check(Value.primitive),
	"IS_STRING":    check(func(v Value) bool { return v.kind == String }),

	"CONCAT":      {2, -1, concat},
	"LENGTH":      textual(1, func(s []string) Value { return Integer(int64(len([]rune(s[0])))) }),
	"LOWER":       textual(1, func(s []string) Value { return Text(strings.ToLower(s[0])) }),
	"UPPER":       textual(1, func(s []string) Value { return Text(strings.ToUpper(s[0])) }),
	"SUBSTRING":   {2, 3, substring},
	"INDEX_OF":    textual(2, indexOf),
	"STARTSWITH":  textual(2, func(s []string) Value { return boolean(strings.HasPrefix(s[0], s[1])) }),
	"STARTS_WITH": textual(2, func(s []string) Value { return boolean(strings.HasPrefix(s[0], s[1])) }),
	"ENDSWITH":    textual(2, func(s []string) Value { return boolean(strings.HasSuffix(s[0], s[1])) }),
	"ENDS_WITH":   textual(2, func(s []string) Value { return boolean(strings.HasSuffix(s[0], s[1])) }),
	"CONTAINS":    textual(2, func(s []string) Value { return boolean(strings.Contains(s[0], s[1])) }),

	"ARRAY_CONTAINS": {2, 2, arrayContains},
}

func numeric(f func(float64) float64) function {
	return function{1, 1, func(args []Value) Value {
		if args[0].kind != Number {
			return Value{}
		}
		return number(f(args[0].num))
	}}
}

func check(holds func(Value) bool) function {
	return function{1, 1, func(args []Value) Value { return boolean(holds(args[0])) }}
}

// textual is a function of n strings.
func textual(n int, f func([]string) Value) function {
	return function{n, n, func(args []Value) Value {
		var two [2]string
		for i, a := range args {
			if a.kind != String {
				return Value{}
			}
			two[i] = a.text
		}
		return f(two[:n])
	}}
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

func power(args []Value) Value {
	if args[0].kind != Number || args[1].kind != Number {
		return Value{}
	}
	return number(math.Pow(args[0].num, args[1].num))
}

// asNumber reads a string as a number of the language, and keeps a number.
func asNumber(args []Value) Value {
	switch v := args[0]; v.kind {
	case Number:
		return v
	case String:
		text := strings.TrimSpace(v.text)
		digits, negative := strings.CutPrefix(text, "-")
		f, err := parseNumber(digits)
		if err != nil || strings.HasPrefix(digits, "-") {
			return Value{}
		}
		if negative {
			f = -f
		}
		return number(f)
	}
	return Value{}
}

func concat(args []Value) Value {
	size := 0
	for _, a := range args {
		if a.kind != String {
			return Value{}
		}
		size += len(a.text)
	}
	if size > maxString {
		return Value{}
	}
	var b strings.Builder
	b.Grow(size)
	for _, a := range args {
		b.WriteString(a.text)
	}
	return Text(b.String())
}

// substring is SUBSTRING(s, start[, length]), start from 0; what reaches beyond
// the string is cut off.
func substring(args []Value) Value {
	if args[0].kind != String {
		return Value{}
	}
	for _, a := range args[1:] {
		if a.kind != Number || a.num < 0 {
			return Value{}
		}
	}
	s := []rune(args[0].text)
	start := int(min(args[1].num, float64(len(s))))
	end := len(s)
	if len(args) == 3 {
		end = int(min(float64(start)+math.Floor(args[2].num), float64(len(s))))
	}
	return Text(string(s[start:end]))
}

// indexOf counts from 0; -1 when the fragment does not occur.
func indexOf(s []string) Value {
	i := strings.Index(s[0], s[1])
	if i > 0 {
		i = len([]rune(s[0][:i]))
	}
	return Integer(int64(i))
}

func arrayContains(args []Value) Value {
	if args[0].kind != Array {
		return Value{}
	}
	for _, e := range args[0].elements() {
		if e.equal(args[1]) {
			return boolean(true)
		}
	}
	return boolean(false)
}

// arity says how many arguments a function takes.
func (f function) arity() string {
	switch {
	case f.max < 0:
		return strconv.Itoa(f.min) + " or more arguments"
	case f.min != f.max:
		return strconv.Itoa(f.min) + " or " + strconv.Itoa(f.max) + " arguments"
	case f.min == 1:
		return "1 argument"
	}
	return strconv.Itoa(f.min) + " arguments"
}
