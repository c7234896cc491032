package cli

import (
	"hubscope/hub/c2d"
	"hubscope/hub/events"
	"hubscope/ui"
	"hubscope/ui/monitor"
)

// addMessages gives the screen what sends cloud-to-device messages, what tells of them, and the queues that the monitor
// receives. Feedback is read once for all of the screen. What sends is to be closed.
func addMessages(s *ui.Services) (closeSender func(), err error) {
	o := eventOptions(s.Target, monitor.Reading{})
	feedback, err := events.ShareQueue(o, events.FeedbackQueue)
	if err != nil {
		return nil, err
	}
	sender, err := c2d.New(o)
	if err != nil {
		return nil, err
	}
	s.Messages, s.Feedback = sender, feedback
	s.Monitor.OpenQueue = func(q events.Queue, webSocket bool) (monitor.Source, error) {
		if q == events.FeedbackQueue {
			return feedback.Reader(webSocket), nil
		}
		return events.NewQueueReader(eventOptions(s.Target, monitor.Reading{WebSocket: webSocket}), q)
	}
	return sender.Close, nil
}
