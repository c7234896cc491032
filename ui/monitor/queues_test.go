package monitor

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/events"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

// TestReceivingFeedback: it is asked first, comes into the same list, and ends when it is told to.
func TestReceivingFeedback(t *testing.T) {
	sinks := make(chan events.Sink, 1)
	refuse := make(chan error)
	ctx := page.NewContext(t.Context(), theme.Mono)
	p := New(ctx, Options{
		Open: func(Reading) (Source, error) {
			return scripted{func(ctx context.Context, sink events.Sink) error {
				sink.State(events.PartitionState{Partition: "0", Phase: events.Live, Total: 1})
				<-ctx.Done()
				return nil
			}}, nil
		},
		OpenQueue: func(q events.Queue, _ bool) (Source, error) {
			return scripted{func(ctx context.Context, sink events.Sink) error {
				sink.State(events.PartitionState{Phase: events.Live})
				sinks <- sink
				select {
				case err := <-refuse:
					return err
				case <-ctx.Done():
					return nil
				}
			}}, nil
		},
	})
	t.Cleanup(p.Close)
	receive := command(t, p, "receive feedback")
	dialogs := make(chan page.Dialog, 1)
	reports := make(chan page.Report, 8)
	app := uitest.Start(t, uitest.NewSolo(p, func(msg tea.Msg) {
		switch msg := msg.(type) {
		case page.OpenDialog:
			dialogs <- msg.Dialog
		case page.Report:
			reports <- msg
		}
	}), 140, 32)
	app.See("1/1 live", "No events yet")

	app.Send(receive.Run()())
	question := <-dialogs
	if text := shown(question); !strings.Contains(text, "application that waits for feedback") {
		t.Errorf("no warning:\n%s", text)
	}
	yes, _ := question.Update(uitest.Key("y"))
	app.Send(yes())
	sink := <-sinks
	app.See("feedback ●")
	e := events.Event{Source: events.SourceFeedback, DeviceID: "wind-1", Enqueued: noon, Received: noon, Body: []byte(`{"originalMessageId":"m-17","statusCode":"Success"}`)}
	sink.Events([]events.Event{e})
	sink.Events([]events.Event{e}) // the same once more is another message
	app.See("← feedback", "message m-17 completed", "2 kept")

	app.Press("r").See("1/1 live", "feedback ●") // the stream anew leaves it alone
	refuse <- &events.Error{Kind: events.ErrUnauthorized, Subject: "localhost"}
	if r := <-reports; r.Severity != page.Failure || !strings.Contains(r.Text, "receiving feedback stopped: localhost refused") {
		t.Errorf("reported %+v", r)
	}
	app.NotSee("feedback ●")
}

func command(t *testing.T, p *Page, name string) page.Command {
	t.Helper()
	for _, c := range p.Commands() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no command %q", name)
	return page.Command{}
}
