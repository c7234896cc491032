package sas

import "strings"

// Covers says whether the token speaks for path on host. Hosts compare without
// port and case; the path of the token must be a prefix of path by whole
// segments, so that devices/d1 covers devices/d1/messages/events and not
// devices/d1x. Ids compare with their case, except in the URIs of Event Hubs
// clients, some of which write the whole audience in lower case (protocol 1.2, 1.3).
func (t Token) Covers(host, path string) bool {
	if !strings.EqualFold(t.Host(), stripPort(host)) {
		return false
	}
	return PathCovers(t.Path(), path, strings.Contains(t.Resource, "://"))
}

// PathCovers says whether granted is a prefix of path by whole segments. The
// fixed words of a path compare without case; so do ids when fold is true.
func PathCovers(granted, path string, fold bool) bool {
	granted, path = strings.Trim(granted, "/"), strings.Trim(path, "/")
	previous := ""
	for granted != "" {
		var want, have string
		want, granted, _ = strings.Cut(granted, "/")
		have, path, _ = strings.Cut(path, "/")
		if !strings.EqualFold(want, have) {
			return false
		}
		if want != have && !fold && holdsIDs(previous) {
			return false
		}
		previous = want
	}
	return true
}

func holdsIDs(segment string) bool {
	switch strings.ToLower(segment) {
	case "devices", "modules", "twins", "digitaltwins":
		return true
	}
	return false
}
