package frame

// block reads the size and count of a list, map or array and returns its bytes.
func (d *decoder) block(code byte) (count int, inner decoder, err error) {
	b, err := d.variable(code)
	if err != nil {
		return 0, decoder{}, err
	}
	inner = decoder{buf: b}
	count, err = inner.size(code)
	return count, inner, err
}

func (d *decoder) compound(code byte, depth int) (any, error) {
	switch code {
	case codeList8, codeList32, codeMap8, codeMap32:
	default:
		return nil, malformed("type code 0x%02x", code)
	}
	count, inner, err := d.block(code)
	if err != nil {
		return nil, err
	}
	var items []any
	for range count { // each item takes a byte or more, so the input ends it
		v, err := inner.value(depth + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	if len(inner.buf) != 0 {
		return nil, malformed("%d bytes after the last of %d items", len(inner.buf), count)
	}
	if code == codeList8 || code == codeList32 {
		return append([]any{}, items...), nil
	}
	return pairs(items)
}

func pairs(items []any) (any, error) {
	if len(items)%2 != 0 {
		return nil, malformed("map of %d keys and values", len(items))
	}
	m := make(Map, 0, len(items)/2)
	for i := 0; i < len(items); i += 2 {
		m = append(m, Pair{Key: items[i], Value: items[i+1]})
	}
	return m, nil
}

func (d *decoder) array(code byte, depth int) (any, error) {
	if code != codeArray8 && code != codeArray32 {
		return nil, malformed("type code 0x%02x", code)
	}
	before := d.buf
	count, inner, err := d.block(code)
	if err != nil {
		return nil, err
	}
	raw := append([]byte{code}, before[:len(before)-len(d.buf)]...)
	descriptor, item, err := inner.constructor(depth + 1)
	if err != nil {
		return nil, err
	}
	if item>>4 == 0x4 && count > maxZeroWidth {
		return nil, malformed("array of %d items without bytes", count)
	}
	a := Array{raw: raw}
	for range count {
		v, err := inner.bare(item, depth+1)
		if err != nil {
			return nil, err
		}
		if descriptor != nil {
			v = Described{Descriptor: descriptor, Value: v}
		}
		a.Items = append(a.Items, v)
	}
	if len(inner.buf) != 0 {
		return nil, malformed("%d bytes after the last of %d items", len(inner.buf), count)
	}
	return a, nil
}

// constructor reads the one constructor that all items of an array share.
func (d *decoder) constructor(depth int) (descriptor any, code byte, err error) {
	code, err = d.code()
	if err != nil || code != codeDescribed {
		return nil, code, err
	}
	descriptor, err = d.value(depth + 1)
	if err != nil {
		return nil, 0, err
	}
	code, err = d.code()
	if err == nil && code == codeDescribed {
		err = malformed("array constructor described twice")
	}
	return descriptor, code, err
}
