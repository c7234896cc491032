package sim

import (
	"math/rand/v2"
	"strconv"

	"hubscope/device"
)

// nextWind gives the body by turns as text (odd n) and as bytes (even n), so that both ways to hand
// a body to the client are in use.
func nextWind(n int, deviceID string, r *rand.Rand) device.Message {
	number := strconv.Itoa(n)
	m := device.Message{
		MessageID:     "message_" + number,
		CorrelationID: "correlation_" + number,
		ContentType:   "application/json", ContentEncoding: "utf-8",
		Properties: []device.Property{{Key: "Property", Value: "PropMsg_" + number}},
	}
	speed := 10 + float64(200+r.IntN(401))/100
	body := appendWind(nil, deviceID, speed)
	if n%2 == 1 {
		m.Text = string(body)
		return m
	}
	m.Body = body
	return m
}

// appendWind writes by hand because the tutorial's text has blanks that encoding/json does not write. A
// device id has no character that JSON would escape (protocol 1.5).
func appendWind(b []byte, deviceID string, speed float64) []byte {
	b = append(b, `{"deviceId": "`...)
	b = append(b, deviceID...)
	b = append(b, `","windSpeed": `...)
	b = strconv.AppendFloat(b, speed, 'f', 2, 64)
	return append(b, '}')
}
