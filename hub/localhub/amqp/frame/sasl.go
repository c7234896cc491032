package frame

// The codes of a SASL outcome (protocol 8.1).
const (
	SASLOK      uint8 = 0
	SASLAuth    uint8 = 1
	SASLSys     uint8 = 2
	SASLSysPerm uint8 = 3
	SASLSysTemp uint8 = 4
)

// Mechanisms offers the ways to authenticate.
type Mechanisms struct{ Names []Symbol }

func (m *Mechanisms) decode(f *fields) { m.Names = f.symbols() }

func (m *Mechanisms) appendTo(dst []byte) []byte {
	w := begin(dst, descMechanisms)
	w.symbols(m.Names)
	return w.end()
}

// Init chooses a mechanism. Response may hold a secret.
type Init struct {
	Mechanism string
	Response  []byte
	Hostname  string
}

func (i *Init) decode(f *fields) {
	i.Mechanism = f.text()
	i.Response = read[[]byte](f).Value
	i.Hostname = read[string](f).Value
	if i.Mechanism == "" {
		f.fail("names no mechanism")
	}
}

func (i *Init) appendTo(dst []byte) []byte {
	w := begin(dst, descInit)
	w.put(Symbol(i.Mechanism))
	w.put(i.Response)
	w.string(i.Hostname)
	return w.end()
}

// Challenge asks the client for more.
type Challenge struct{ Data []byte }

func (c *Challenge) decode(f *fields) { c.Data = read[[]byte](f).Value }

func (c *Challenge) appendTo(dst []byte) []byte {
	w := begin(dst, descChallenge)
	w.put(c.Data)
	return w.end()
}

// Response answers a challenge. It may hold a secret.
type Response struct{ Data []byte }

func (r *Response) decode(f *fields) { r.Data = read[[]byte](f).Value }

func (r *Response) appendTo(dst []byte) []byte {
	w := begin(dst, descResponse)
	w.put(r.Data)
	return w.end()
}

// Outcome ends the SASL exchange.
type Outcome struct{ Code uint8 }

func (o *Outcome) decode(f *fields) { o.Code = must[uint8](f) }

func (o *Outcome) appendTo(dst []byte) []byte {
	w := begin(dst, descOutcome)
	w.put(o.Code)
	return w.end()
}
