package ui

// openMessages shows the section C2D of wind-1 with all the room.
func openMessages(s *stage) {
	selectWind1(s)
	s.Press("enter", "[", "[").See("No messages sent yet.").Press("z")
}

// messageScenes are the section in which messages to a device are written.
var messageScenes = []scene{
	{name: "c2d", devices: fourDevices(), play: openMessages, see: []string{"0 of 50 wait", "e writes one"}, gone: "old-gateway"},
	{
		name: "c2d-form", devices: fourDevices(),
		play: func(s *stage) { openMessages(s); s.Press("e").See("Correlation id").Type(`{"open":true}`) },
		see:  []string{`{"open":true}`, "1:14", "Correlation id"},
	},
	{
		name: "c2d-sent", devices: fourDevices(),
		play: func(s *stage) { openMessages(s); s.Press("e").See("Correlation id").Type("open").Press("ctrl+s") },
		see:  []string{"1 of 50 wait", "… queued", "is in its queue"},
	},
	{
		name: "c2d-purge", devices: fourDevices(),
		play: func(s *stage) {
			openMessages(s)
			s.Press("e").See("Correlation id").Type("open").Press("ctrl+s").See("1 of 50 wait", "… queued", "is in its queue").Press("D")
		},
		see: []string{"Purge 1 message that waits for wind-1?"},
	},
}
