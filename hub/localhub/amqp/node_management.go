package amqp

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hubscope/hub/localhub/core"
)

// managementNode is $management of the Event Hubs-compatible endpoint
// (protocol 7.4).
type managementNode struct{ srv *Server }

const (
	typeEventHub  = "com.microsoft:eventhub"
	typePartition = "com.microsoft:partition"
)

func (n *managementNode) source(s *sender) error { return n.admit(s.link) }
func (n *managementNode) target(r *receiver) error {
	r.message = func(d *delivery) { answerRequest(d, n.read) }
	return n.admit(r.link)
}

func (n *managementNode) admit(l *link) error {
	hub := n.srv.hub.EventHub()
	if len(l.address.segments) > 1 && !strings.EqualFold(l.address.segment(0), hub) {
		return entityNotFound(l.address.text)
	}
	return l.authorize(core.ServiceConnect, hub+"/$management")
}

func (n *managementNode) read(q request) response {
	if op := q.text("operation"); op != "READ" {
		return badRequest("The operation '%s' is not supported.", op)
	}
	if name := q.text("name"); !strings.EqualFold(name, n.srv.hub.EventHub()) {
		return notFound("The messaging entity '%s' could not be found.", name)
	}
	switch kind := q.text("type"); kind {
	case typeEventHub:
		return n.eventHub()
	case typePartition:
		return n.partition(q)
	default:
		return badRequest("The type '%s' is not supported.", kind)
	}
}

func (n *managementNode) eventHub() response {
	count := n.srv.hub.Partitions()
	ids := make([]string, count)
	for i := range ids {
		ids[i] = strconv.Itoa(i)
	}
	return found(map[string]any{
		"name":                  n.srv.hub.EventHub(),
		"type":                  typeEventHub,
		"created_at":            n.srv.o.Created.UTC(),
		"partition_count":       int32(count),
		"partition_ids":         ids, // an AMQP array: Go takes nothing else
		"georeplication_factor": int32(1),
	})
}

func (n *managementNode) partition(q request) response {
	text := partitionText(q.ApplicationProperties["partition"])
	id, ok := partitionID(text, n.srv.hub.Partitions())
	if !ok {
		return notFound("The partition '%s' of '%s' could not be found.", text, n.srv.hub.EventHub())
	}
	p, err := n.srv.hub.Partition(id)
	if err != nil {
		return notFound("The partition '%s' of '%s' could not be found.", text, n.srv.hub.EventHub())
	}
	enqueued := p.LastEnqueued
	if enqueued.IsZero() {
		enqueued = time.Unix(0, 0)
	}
	return found(map[string]any{
		"name":                          n.srv.hub.EventHub(),
		"type":                          typePartition,
		"partition":                     strconv.Itoa(id),
		"begin_sequence_number":         p.Begin,
		"last_enqueued_sequence_number": p.Last,
		"last_enqueued_offset":          p.LastOffset,
		"last_enqueued_time_utc":        enqueued.UTC(),
		"is_partition_empty":            p.Empty,
	})
}

// partitionText takes the id of a partition as text or as a number.
func partitionText(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// partitionID reads a partition id; only the canonical form names a partition.
func partitionID(text string, count int) (int, bool) {
	id, err := strconv.Atoi(text)
	if err != nil || id < 0 || id >= count || strconv.Itoa(id) != text {
		return 0, false
	}
	return id, true
}

func found(body map[string]any) response {
	return response{status: http.StatusOK, description: "OK", body: body}
}

func notFound(format string, a ...any) response {
	return response{status: http.StatusNotFound, description: fmt.Sprintf(format, a...), condition: condNotFound}
}

func badRequest(format string, a ...any) response {
	return response{status: http.StatusBadRequest, description: fmt.Sprintf(format, a...), condition: condNotAllowed}
}
