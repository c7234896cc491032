package frame

// CheckMessage walks the sections of a message without building them, so that
// a decoder without a limit of its own can be given the payload: every size is
// within its parent, no type is nested deeper than MaxDepth, and every key of a
// map is of a type that can be one in Go.
func CheckMessage(payload []byte) error {
	d := decoder{buf: payload}
	for len(d.buf) > 0 {
		if d.buf[0] != codeDescribed {
			return malformed("message section with type code 0x%02x", d.buf[0])
		}
		if err := d.skip(0); err != nil {
			return err
		}
	}
	return nil
}

// skip passes over one value.
func (d *decoder) skip(depth int) error {
	if depth > MaxDepth {
		return malformed("types nested deeper than %d", MaxDepth)
	}
	code, err := d.code()
	if err != nil {
		return err
	}
	if code != codeDescribed {
		return d.skipBare(code, depth)
	}
	if err := d.skip(depth + 1); err != nil {
		return err
	}
	return d.skip(depth + 1)
}

func (d *decoder) skipBare(code byte, depth int) error {
	switch code >> 4 {
	case 0x4, 0x5, 0x6, 0x7, 0x8, 0x9:
		_, err := d.take(fixedWidth(code))
		return err
	case 0xa, 0xb:
		_, err := d.variable(code)
		return err
	case 0xc, 0xd:
		return d.skipCompound(code, depth)
	case 0xe, 0xf:
		return d.skipArray(code, depth)
	}
	return malformed("type code 0x%02x", code)
}

func (d *decoder) skipCompound(code byte, depth int) error {
	count, inner, err := d.block(code)
	if err != nil {
		return err
	}
	isMap := code == codeMap8 || code == codeMap32
	if isMap && count%2 != 0 {
		return malformed("map of %d keys and values", count)
	}
	for i := range count {
		if isMap && i%2 == 0 {
			if err := inner.checkKey(); err != nil {
				return err
			}
		}
		if err := inner.skip(depth + 1); err != nil {
			return err
		}
	}
	if len(inner.buf) != 0 {
		return malformed("%d bytes after the last of %d items", len(inner.buf), count)
	}
	return nil
}

// checkKey looks at the next value, a map's key: go-amqp panics on binary and
// compound ones, which are slices in Go. Nobody has a use for them.
func (d *decoder) checkKey() error {
	if len(d.buf) == 0 {
		return malformed("map without a key")
	}
	switch code := d.buf[0]; {
	case code>>4 >= 0x5 && code>>4 <= 0x9, code == codeNull, code == codeTrue, code == codeFalse, code == codeUint0, code == codeUlong0:
		return nil
	case code == codeString8, code == codeString32, code == codeSymbol8, code == codeSymbol32:
		return nil
	}
	return malformed("map key with type code 0x%02x", d.buf[0])
}

func (d *decoder) skipArray(code byte, depth int) error {
	count, inner, err := d.block(code)
	if err != nil {
		return err
	}
	item, err := inner.code()
	if err != nil {
		return err
	}
	if item == codeDescribed {
		if err := inner.skip(depth + 1); err != nil {
			return err
		}
		if item, err = inner.code(); err != nil {
			return err
		}
	}
	if item>>4 == 0x4 && count > maxZeroWidth {
		return malformed("array of %d items without bytes", count)
	}
	for range count {
		if err := inner.skipBare(item, depth+1); err != nil {
			return err
		}
	}
	if len(inner.buf) != 0 {
		return malformed("%d bytes after the last of %d items", len(inner.buf), count)
	}
	return nil
}
