package query

import "strings"

// The levels of expression, from the loosest binding to the tightest: OR, AND,
// NOT, comparison and IN, + and -, * / and %, sign, and the rest (protocol 3.1).

func (p *parser) expression() (expression, error) {
	return p.logical(true, "OR", func() (expression, error) {
		return p.logical(false, "AND", p.not)
	})
}

func (p *parser) logical(or bool, word string, operand func() (expression, error)) (expression, error) {
	first, err := operand()
	if err != nil || !p.now.is(word) {
		return first, err
	}
	operands := []expression{first}
	for p.accept(word) {
		next, err := operand()
		if err != nil {
			return nil, err
		}
		operands = append(operands, next)
	}
	return logical{or: or, operands: operands}, nil
}

func (p *parser) not() (expression, error) {
	if !p.now.is("NOT") {
		return p.predicate()
	}
	if err := p.deeper(); err != nil {
		return nil, err
	}
	p.advance()
	operand, err := p.not()
	p.depth--
	return not{operand}, err
}

// predicate reads an expression, alone or with what it is compared to.
func (p *parser) predicate() (expression, error) {
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	switch {
	case p.now.kind == symbolToken && isComparison(p.now.text):
		operator := p.take().text
		right, err := p.sum()
		return comparison{operator, left, right}, err
	case p.accept("IN"):
		return p.membership(left, false)
	case p.accept("NIN"):
		return p.membership(left, true)
	case acceptNotIn && p.accept("NOT"):
		if err := p.expect("IN"); err != nil {
			return nil, err
		}
		return p.membership(left, true)
	}
	return left, nil
}

func (p *parser) membership(value expression, negated bool) (expression, error) {
	if !p.now.is("[") {
		return nil, p.unexpected("an array such as ['a', 'b']")
	}
	l, err := p.list()
	return membership{value, l.elements, negated}, err
}

func (p *parser) sum() (expression, error) { return p.chain("+-", p.product) }

func (p *parser) product() (expression, error) { return p.chain("*/%", p.signed) }

// chain reads operators of one level, the left one first.
func (p *parser) chain(operators string, operand func() (expression, error)) (expression, error) {
	left, err := operand()
	for err == nil && p.now.kind == symbolToken && strings.Contains(operators, p.now.text) {
		operator := p.take().text[0]
		var right expression
		right, err = operand()
		left = arithmetic{operator, left, right}
	}
	return left, err
}

func (p *parser) signed() (expression, error) {
	if !p.now.is("-") && !p.now.is("+") {
		return p.operand()
	}
	if err := p.deeper(); err != nil {
		return nil, err
	}
	operator := p.take().text[0]
	operand, err := p.signed()
	p.depth--
	if l, ok := operand.(literal); ok && l.value.kind == Number {
		return literal{arithmetic{operator, literal{Integer(0)}, l}.eval(nil)}, err
	}
	return arithmetic{operator, literal{Integer(0)}, operand}, err
}

func (p *parser) operand() (expression, error) {
	if v, ok := p.literal(); ok {
		return literal{v}, nil
	}
	switch {
	case p.now.is("("):
		return p.parenthesis()
	case p.now.is("["):
		return p.list()
	case p.now.kind == nameToken && p.startsCall():
		return p.call()
	}
	return p.path()
}

// literal reads a literal if one comes next.
func (p *parser) literal() (Value, bool) {
	var v Value
	switch t := p.now; {
	case t.kind == stringToken:
		v = Text(t.text)
	case t.kind == numberToken:
		v = number(t.number)
	case t.is("true"), t.is("false"):
		v = boolean(t.is("true"))
	case t.is("null"):
		v = Value{kind: Null}
	case !t.is("undefined"):
		return v, false
	}
	p.advance()
	return v, true
}

func (p *parser) parenthesis() (expression, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	p.advance()
	e, err := p.expression()
	if err != nil {
		return nil, err
	}
	p.depth--
	return e, p.expect(")")
}

// list reads an array of literals, numbers with a sign among them.
func (p *parser) list() (list, error) {
	p.advance()
	var l list
	for {
		negative := p.accept("-")
		at := p.now
		v, ok := p.literal()
		if !ok || negative && v.kind != Number {
			p.now = at
			return l, p.unexpected("a string, number, true, false, null or undefined in the array")
		}
		if negative {
			v.num = -v.num
		}
		l.elements = append(l.elements, v)
		if !p.accept(",") {
			return l, p.expect("]")
		}
	}
}
