package sim

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hubscope/device"
)

// ErrQuota is why a device stops: one more message would be beyond what the hub takes in a day. A hub that gets more
// refuses everybody's until midnight UTC (403002).
var ErrQuota = errors.New("stopped before the hub's daily quota is used up")

// Quota is what a hub takes in a day of UTC. Only what the fleet itself sends is counted.
type Quota struct {
	// Messages is how many; 0: not known, and nothing is kept back.
	Messages int64
	// Chunk is how many bytes count as one message: 4 KB by default.
	Chunk int
	// Used is how many of today's were used before.
	Used int64
}

// DefaultChunk is for [Quota].
const DefaultChunk = 4 << 10

func (q Quota) withDefaults() Quota {
	if q.Chunk <= 0 {
		q.Chunk = DefaultChunk
	}
	return q
}

// The daily quotas of a unit by tier (protocol 9).
var tierQuotas = map[string]Quota{
	"F1": {Messages: 8_000, Chunk: 512},
	"B1": {Messages: 400_000}, "B2": {Messages: 6_000_000}, "B3": {Messages: 300_000_000},
	"S1": {Messages: 400_000}, "S2": {Messages: 6_000_000}, "S3": {Messages: 300_000_000},
}

// ParseQuota reads a number of messages, such as 400000, or a tier with its units, such as S1 or S2x3.
func ParseQuota(text string) (Quota, error) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if n, err := strconv.ParseInt(strings.ReplaceAll(text, ",", ""), 10, 64); err == nil && n > 0 {
		return Quota{Messages: n}.withDefaults(), nil
	}
	tier, count, many := strings.Cut(text, "X")
	q, known := tierQuotas[tier]
	if !known {
		return Quota{}, fmt.Errorf("%q is no quota: it is a number of messages, or a tier such as F1, S1 or S2x3 for three units", text)
	}
	units := int64(1)
	if many {
		n, err := strconv.ParseInt(count, 10, 16)
		if err != nil || n < 1 {
			return Quota{}, fmt.Errorf("%q is no quota: the units of a tier are a number from 1, as in S2x3", text)
		}
		units = n
	}
	q.Messages *= units
	return q.withDefaults(), nil
}

// purse counts what is spent of a quota.
type purse struct {
	quota Quota
	day   int64 // since 1970
	spent int64 // that day, without what was used before the first
	first int64 // day
	over  bool
}

// spend pays for a message, or says that there is not enough left.
func (p *purse) spend(m *device.Message, now time.Time) error {
	day := now.Unix() / (24 * 60 * 60)
	if p.first == 0 {
		p.first, p.day = day, day
	}
	if day != p.day {
		p.day, p.spent, p.over = day, 0, false
	}
	chunks := int64(max(1, (sizeOf(m)+p.quota.Chunk-1)/p.quota.Chunk))
	if p.quota.Messages > 0 && p.used()+chunks > p.quota.Messages {
		p.over = true
		return fmt.Errorf("%w: %d of %d messages of today are used", ErrQuota, p.used(), p.quota.Messages)
	}
	p.spent += chunks
	return nil
}

func (p *purse) used() int64 {
	if p.day == p.first {
		return p.spent + p.quota.Used
	}
	return p.spent
}

// sizeOf is what counts of a message: its body, the values of its system properties, the names and values of the others
// (protocol 9).
func sizeOf(m *device.Message) int {
	n := len(m.Text) + len(m.Body) + len(m.MessageID) + len(m.CorrelationID) + len(m.ContentType) + len(m.ContentEncoding)
	for _, p := range m.Properties {
		n += len(p.Key) + len(p.Value)
	}
	return n
}
