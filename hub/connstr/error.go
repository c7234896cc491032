package connstr

// Error says what is wrong with a connection string, in words for its owner. It
// never holds a key, a token, or text that could be a piece of one.
type Error struct {
	// Part is the name of the part that is wrong; empty when it is the whole.
	Part string
	// Reason says what is wrong, as the rest of a sentence: "is missing".
	Reason string
	// Hint says what to do.
	Hint string
}

// Error is one sentence: which part, what is wrong, what to do.
func (e *Error) Error() string {
	text := "connection string"
	if e.Part != "" {
		text += ": " + e.Part
	}
	text += " " + e.Reason
	if e.Hint != "" {
		text += ": " + e.Hint
	}
	return text
}

func hintFor(part string) string {
	switch part {
	case partHostName:
		return "add HostName=<name>.azure-devices.net"
	case partPolicy:
		return "add SharedAccessKeyName=<policy>, for example iothubowner"
	case partKey:
		return "add SharedAccessKey=<key>; the portal shows it under Shared access policies or on the device's page"
	case partDeviceID:
		return "add DeviceId=<device id>"
	case partEntityPath:
		return "add EntityPath=<name>; the portal shows the whole text under Built-in endpoints, Event Hub-compatible endpoint"
	}
	return ""
}
