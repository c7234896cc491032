package rest

import (
	"net/http"
	"strconv"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// feedbackRoutes are those of the HTTP feedback endpoint (protocol 2.1, 6.4).
func (s *server) feedbackRoutes() []route {
	const queue = "/messages/serviceBound/feedback"
	return []route{
		{method: http.MethodGet, pattern: queue, rights: core.ServiceConnect, serve: s.receiveFeedback},
		{method: http.MethodDelete, pattern: queue + "/{lock}", rights: core.ServiceConnect, serve: s.completeFeedback},
		{method: http.MethodPost, pattern: queue + "/{lock}/abandon", rights: core.ServiceConnect, serve: s.abandonFeedback},
	}
}

// receiveFeedback answers 204 when there is none now.
func (s *server) receiveFeedback(*call) (answer, error) {
	batch, found, err := s.hub.LockFeedback(0)
	if err != nil || !found {
		return answer{status: http.StatusNoContent}, err
	}
	records := make([]wire.FeedbackRecord, len(batch.Records))
	for i, r := range batch.Records {
		records[i] = wire.FeedbackRecord{
			OriginalMessageID: r.OriginalMessageID, EnqueuedTimeUTC: wire.Time{Time: r.Enqueued},
			StatusCode: r.StatusCode, Description: r.StatusCode,
			DeviceID: r.DeviceID, ModuleID: r.ModuleID, DeviceGenerationID: r.DeviceGenerationID,
		}
	}
	return answer{etag: batch.LockToken, body: records, header: map[string]string{
		headerContentType:   wire.ContentTypeFeedback,
		headerUserID:        s.hub.Names()[0],
		headerSequence:      strconv.FormatUint(batch.Sequence, 10),
		headerEnqueued:      headerTime(batch.Enqueued),
		headerDeliveryCount: strconv.Itoa(batch.DeliveryCount),
	}}, nil
}

func (s *server) completeFeedback(c *call) (answer, error) {
	return answer{status: http.StatusNoContent}, s.hub.SettleFeedback(c.Context(), c.params["lock"], core.Complete)
}

func (s *server) abandonFeedback(c *call) (answer, error) {
	return answer{status: http.StatusNoContent}, s.hub.SettleFeedback(c.Context(), c.params["lock"], core.Abandon)
}
