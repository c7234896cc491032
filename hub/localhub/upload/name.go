package upload

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"hubscope/hub/localhub/core"
)

// Limits of blob names, as in Azure Blob Storage ("Naming and referencing
// containers, blobs, and metadata"), and of what file systems take.
const (
	maxName     = 1024 // characters
	maxSegments = 254
	maxFileName = 240 // bytes of an escaped segment
)

// checkName tells what is wrong with the full name of a blob. Beyond Azure's own
// rules it refuses what does not come back the way it was given out: URL parsers
// take out "." and "..", and turn "\" into "/". The error is 400004.
func checkName(blob string) error {
	reason := ""
	switch segments := strings.Split(blob, "/"); {
	case !utf8.ValidString(blob):
		reason = "is not UTF-8"
	case utf8.RuneCountInString(blob) > maxName:
		reason = fmt.Sprintf("has more than %d characters", maxName)
	case len(segments) > maxSegments:
		reason = fmt.Sprintf("has more than %d segments", maxSegments)
	case strings.ContainsRune(blob, '\\') || strings.ContainsFunc(blob, unicode.IsControl):
		reason = "has a backslash or a control character"
	default:
		reason = badSegment(segments)
	}
	if reason == "" {
		return nil
	}
	return core.NewError(core.CodeArgumentInvalid, "The blob name %s.", reason)
}

func badSegment(segments []string) string {
	for _, segment := range segments {
		switch {
		case segment == "":
			return "has an empty segment"
		case segment == "." || segment == "..":
			return "has a segment '" + segment + "'"
		case len(fileName(segment)) > maxFileName:
			return "has a segment that is too long for a file name"
		}
	}
	return ""
}

// filePath is where a blob lies below the folder of uploads. Different names have
// different paths.
func filePath(blob string) string {
	segments := strings.Split(blob, "/")
	for i, segment := range segments {
		segments[i] = fileName(segment)
	}
	return filepath.Join(segments...)
}

// fileName escapes with %XX what a file system gives a meaning to or does not
// take, on any system that we run on: separators, wild cards, a dot at either
// end, a blank at the end, the names of devices of Windows.
func fileName(segment string) string {
	var b strings.Builder
	for i, r := range segment {
		n := utf8.RuneLen(r)
		atStart, atEnd := i == 0, i+n == len(segment)
		switch {
		case strings.ContainsRune(`%/\:*?"<>|`, r), !unicode.IsPrint(r),
			r == '.' && (atStart || atEnd), r == ' ' && atEnd, atStart && isWindowsDevice(segment):
			for _, c := range []byte(string(r)) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isWindowsDevice(segment string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(segment), ".")
	switch stem = strings.TrimRight(stem, " "); stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	prefix := strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")
	return prefix && utf8.RuneCountInString(stem) == 4
}
