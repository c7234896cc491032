package core

import (
	"encoding/base64"
	"encoding/binary"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// deviceETag is base64 of a decimal number (protocol 2.2).
func deviceETag(n uint64) string {
	return base64.StdEncoding.EncodeToString(strconv.AppendUint(nil, n, 10))
}

// twinETag is base64 of an 8-byte big-endian counter (protocol 2.2).
func twinETag(n uint64) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, n))
}

// firstETag is where the etags of a new hub start: nine digits, as seen.
func firstETag() uint64 { return 100_000_000 + rand.Uint64N(100_000_000) }

// checkMatch compares an If-Match value, with or without quotes and W/, with an
// etag. Empty and * match everything. The error is 412001.
func checkMatch(ifMatch, etag, what string) error {
	want := strings.TrimSpace(ifMatch)
	want = strings.TrimPrefix(want, "W/")
	want = strings.Trim(want, `"`)
	if want == "" || want == "*" || want == etag {
		return nil
	}
	return NewError(CodePrecondition, "Precondition failed: the etag of %s is not the one given.", what)
}

// ticksAtEpoch is 1970-01-01 in units of 100 ns since year 1.
const ticksAtEpoch = 621_355_968_000_000_000

// newGeneration makes a generation id: the time in ticks, 18 digits, and never
// the same twice (protocol 2.4). Writer goroutine.
func (h *Hub) newGeneration(now time.Time) string {
	ticks := ticksAtEpoch + now.UnixNano()/100
	h.lastGeneration = max(ticks, h.lastGeneration+1)
	return strconv.FormatInt(h.lastGeneration, 10)
}
