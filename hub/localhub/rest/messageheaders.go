package rest

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hubscope/hub/localhub/core"
)

// Headers of messages over HTTPS (protocol 5.2). They are read in any case.
const (
	headerApp             = "iothub-app-" // and the name of a property
	headerMessageID       = "iothub-messageid"
	headerCorrelationID   = "iothub-correlationid"
	headerUserID          = "iothub-userid"
	headerTo              = "iothub-to"
	headerExpiry          = "iothub-expiry"
	headerAck             = "iothub-ack"
	headerContentType     = "iothub-contenttype"
	headerContentEncoding = "iothub-contentencoding"
	headerInterfaceID     = "iothub-interface-id"
	headerCreationTime    = "iothub-creationtimeutc"
	headerSchema          = "iothub-messageschema"
	headerSubject         = "dt-subject"
	headerSequence        = "iothub-sequencenumber"
	headerEnqueued        = "iothub-enqueuedtime"
	headerDeliveryCount   = "iothub-deliverycount"
)

// setTelemetry puts a header, or a property of a message in a batch, where it
// belongs; others are none of the message.
func setTelemetry(m *core.Message, name, value string) {
	lower := strings.ToLower(name)
	if strings.HasPrefix(lower, headerApp) {
		m.Properties = append(m.Properties, core.Property{Name: name[len(headerApp):], Value: value})
		return
	}
	switch lower {
	case headerMessageID:
		m.MessageID = value
	case headerCorrelationID:
		m.CorrelationID = value
	case headerUserID:
		m.UserID = value
	case headerTo:
		m.To = value
	case headerExpiry:
		m.Expiry, _ = parseExpiry(value)
	case headerContentType:
		m.ContentType = value
	case headerContentEncoding:
		m.ContentEncoding = value
	case headerInterfaceID:
		m.InterfaceID = value
	case headerCreationTime:
		m.CreationTime = value
	case headerSchema:
		m.DataSchema = value
	case headerSubject:
		m.Subject = value
	}
}

// sortProperties makes an order where the headers have none.
func sortProperties(p []core.Property) {
	slices.SortStableFunc(p, func(a, b core.Property) int { return cmp.Compare(a.Name, b.Name) })
}

// expiryLayouts are what clients are seen to write; the last is what a Date of
// JavaScript becomes in a header.
var expiryLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.9999999", http.TimeFormat, time.RFC1123Z, time.RFC850, time.ANSIC,
	"1/2/2006 3:04:05 PM", "01/02/2006 15:04:05", "Mon Jan 02 2006 15:04:05 GMT-0700",
}

// parseExpiry reads a time, or milliseconds since 1970.
func parseExpiry(text string) (time.Time, bool) {
	text, _, _ = strings.Cut(strings.TrimSpace(text), " (")
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.UnixMilli(ms).UTC(), true
	}
	for _, layout := range expiryLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// deliveryHeaders are those of a cloud-to-device message that a device receives. A
// property whose name HTTP does not allow in a header is left out.
func deliveryHeaders(d core.Delivery) map[string]string {
	m := d.Message
	h := map[string]string{
		headerTo:            m.To,
		headerSequence:      strconv.FormatUint(d.Sequence, 10),
		headerEnqueued:      headerTime(d.Enqueued),
		headerDeliveryCount: strconv.Itoa(d.DeliveryCount),
		headerAck:           string(cmp.Or(m.Ack, core.AckNone)),
	}
	for name, value := range map[string]string{
		headerMessageID: m.MessageID, headerCorrelationID: m.CorrelationID, headerUserID: string(m.UserID),
		headerContentType: m.ContentType, headerContentEncoding: m.ContentEncoding,
	} {
		if value != "" {
			h[name] = value
		}
	}
	if !m.Expiry.IsZero() {
		h[headerExpiry] = headerTime(m.Expiry)
	}
	for _, p := range m.Properties {
		h[headerApp+p.Name] = p.Value
	}
	return h
}

func headerTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000Z") }
