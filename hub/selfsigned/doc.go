// Package selfsigned makes certificates that sign themselves, with which a device proves itself to a hub that knows
// their thumbprints (protocol 2.4), and keeps them in files.
//
//	c, err := selfsigned.New("pump-1", selfsigned.Options{})
//	files, err := c.Save(folder, "pump-1")
package selfsigned
