// Package profile says what a simulated device is like: the messages that it sends and when, the values in them, how it
// answers direct methods, and what it does with its twin. A profile is a readable file, TOML or JSON, whose schema
// README.md of this folder documents.
//
//	p, err := profile.Parse("wind.toml", text)
//	d := p.NewDevice("wind-1", seed)
//	message, err := d.Next(0, due)
//
// Chance comes from the seed, the device id and the names of the values alone, and time from the caller: the same
// profile, id, seed and times give the same bytes. Give Next the time at which a message is due, not the time that the
// clock shows, and a run repeats exactly. There is no clock here, no goroutine, and no I/O but LoadDir.
package profile
