package cli

import (
	"context"
	"errors"
	"fmt"

	"hubscope/hub/localhub"
	"hubscope/ui"
	"hubscope/ui/page"
)

// startOrJoin starts the local hub, or joins the one that runs on the state
// folder already, and takes its place when that ends.
func startOrJoin(ctx context.Context, stateDir string, s *ui.Services) (closeHub func(context.Context) error, err error) {
	o := localhub.PreferredPorts(stateDir)
	o.EventSources = []string{"all"} // who looks at the screen wants to see twins change and devices come and go
	local, err := localhub.Start(ctx, o)
	if errors.Is(err, localhub.ErrInUse) {
		return join(ctx, stateDir, s)
	}
	if err != nil {
		return nil, err
	}
	s.Target, s.Monitor.Groups = local.Target(), local.ConsumerGroups()
	for _, moved := range local.Moved() {
		s.Notes = append(s.Notes, page.Report{Severity: page.Info, Text: moved.String()})
	}
	return local.Close, nil
}

func join(ctx context.Context, stateDir string, s *ui.Services) (closeHub func(context.Context) error, err error) {
	running, err := localhub.Join(ctx, stateDir)
	if err != nil {
		return nil, err
	}
	s.Target, s.Monitor.Groups = running.Target, running.ConsumerGroups()
	s.Notes = append(s.Notes, page.Report{Severity: page.Info, Text: fmt.Sprintf("joined the local hub of process %d, which runs already", running.PID)})
	news := make(chan page.Report, 8)
	s.News = news
	heir := running.Heir(func(next localhub.Succession) {
		report := page.Report{Severity: page.Warning, Text: next.String()}
		if next.By == 0 {
			report.Severity, report.Next = page.Failure, "ctrl+c quits, then start hubscope again"
		}
		select {
		case news <- report:
		default: // the screen has gone
		}
	})
	return heir.Close, nil
}
