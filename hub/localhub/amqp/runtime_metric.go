package amqp

import (
	"slices"
	"time"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
)

// runtimeMetric is the capability of receivers that want to know with each
// event how far the partition has got (protocol 7.8).
const runtimeMetric = frame.Symbol("com.microsoft:enable-receiver-runtime-metric")

const sectionDeliveryAnnotations = uint64(0x71)

func (l *link) wants(capability frame.Symbol) bool {
	return slices.Contains(l.asked.Desired, capability)
}

// withMetric puts the delivery annotations before each payload; the payloads
// are shared with other readers and stay as they are.
func withMetric(payloads [][]byte, p core.PartitionInfo, now time.Time) {
	section := metricSection(p, now)
	for i, payload := range payloads {
		payloads[i] = slices.Concat(section, payload)
	}
}

func metricSection(p core.PartitionInfo, now time.Time) []byte {
	return frame.AppendValue(nil, frame.Described{
		Descriptor: sectionDeliveryAnnotations,
		Value: frame.Map{
			{Key: frame.Symbol("last_enqueued_sequence_number"), Value: p.Last},
			{Key: frame.Symbol("last_enqueued_offset"), Value: p.LastOffset},
			{Key: frame.Symbol("last_enqueued_time_utc"), Value: p.LastEnqueued},
			{Key: frame.Symbol("runtime_info_retrieval_time_utc"), Value: now},
		},
	})
}
