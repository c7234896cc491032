package c2d

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hubscope/hub/c2d"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// take puts a message into the form.
func (f *form) take(d draft) {
	f.kind = textBody
	switch {
	case d.file != "":
		f.kind = fileBody
		f.file.path.Set(d.file)
	case d.json:
		f.kind = jsonBody
	}
	if d.file == "" {
		f.setBody(string(d.Body))
	}
	for at, text := range map[part]string{
		idPart: d.MessageID, correlationPart: d.CorrelationID, userPart: d.UserID, expiryPart: f.expiryText(d),
		contentPart: d.ContentType, encodingPart: d.ContentEncoding,
	} {
		f.fields[at].Set(text)
	}
	f.ack = max(0, slices.Index(acks, d.Ack))
	lines := make([]string, len(d.Properties))
	for i, p := range d.Properties {
		lines[i] = p.Name + "=" + p.Value
	}
	f.props.Replace(strings.Join(lines, "\n"))
	f.check()
}

func (f *form) expiryText(d draft) string {
	switch {
	case d.TTL > 0:
		return strings.ReplaceAll(widget.Interval(d.TTL), " ", "")
	case !d.Expiry.IsZero():
		return f.ctx.Zoned(d.Expiry).Format("2006-01-02 15:04:05")
	}
	return ""
}

// draft is what the form says, or what is wrong with it and where.
func (f *form) draft(to c2d.To, now time.Time) (draft, part, error) {
	d := draft{json: f.kind == jsonBody}
	d.Ack, d.Properties = acks[f.ack], f.properties
	for at, field := range map[part]*string{
		idPart: &d.MessageID, correlationPart: &d.CorrelationID, userPart: &d.UserID,
		contentPart: &d.ContentType, encodingPart: &d.ContentEncoding,
	} {
		*field = strings.TrimSpace(f.fields[at].Value())
	}
	if at, err := f.takeBody(&d); err != nil {
		return d, at, err
	}
	if err := c2d.CheckID(d.MessageID); err != nil {
		return d, idPart, fmt.Errorf("the message id %w", err)
	}
	ends, err := readExpiry(f.fields[expiryPart].Value(), now)
	if err != nil {
		return d, expiryPart, fmt.Errorf("expires: %w", err)
	}
	d.TTL, d.Expiry = ends.ttl, ends.at
	if f.wrong != nil {
		return d, propertiesPart, fmt.Errorf("the properties: %s", f.wrong)
	}
	if err := d.Check(to, now); err != nil {
		return d, partOf(err), err
	}
	return d, kindPart, nil
}

func (f *form) takeBody(d *draft) (part, error) {
	switch {
	case f.kind == fileBody:
		d.file = strings.TrimSpace(f.file.path.Value())
		return bodyPart, f.file.problem()
	case f.json != nil:
		return bodyPart, fmt.Errorf("the body is not JSON: %s", f.json)
	case d.json && strings.TrimSpace(f.body.Text()) == "":
		return bodyPart, errors.New("the body is not JSON: a value is missing")
	}
	d.Body = []byte(f.body.Text())
	if d.json && d.ContentType == "" {
		d.ContentType = "application/json"
		if d.ContentEncoding == "" {
			d.ContentEncoding = "utf-8"
		}
	}
	return bodyPart, nil
}

// partOf is where a field stands that no hub takes.
func partOf(err error) part {
	var wrong *c2d.FieldError
	if !errors.As(err, &wrong) {
		return bodyPart
	}
	switch wrong.Field {
	case "message id":
		return idPart
	case "correlation id":
		return correlationPart
	case "content type":
		return contentPart
	case "content encoding":
		return encodingPart
	case "expiry":
		return expiryPart
	}
	return bodyPart
}

// summary is the message in a line, for when it is not written.
func (f *form) summary() string {
	text := ""
	switch {
	case f.kind == fileBody && f.file.path.Value() == "":
		text = "no file chosen"
	case f.kind == fileBody:
		text = f.file.path.Value()
	case f.body.Text() == "":
		text = "empty"
	default:
		text = f.body.Text()
	}
	return safe.Inline(strings.Join(strings.Fields(text), " "))
}
