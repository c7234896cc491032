package events

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/Azure/go-amqp"
)

// reply stands for the error of $cbs and $management, whose type azeventhubs does not export.
type reply int

func (r reply) RPCCode() int { return int(r) }
func (r reply) Error() string {
	return fmt.Sprintf("rpc: failed, status code %d and description: the words of the hub", int(r))
}

func TestClassify(t *testing.T) {
	whole := scope{host: "h", hub: "wind", group: "dash"}
	one := whole
	one.partition = "3"
	refused := func(condition amqp.ErrCond) error {
		return fmt.Errorf("wrapped: %w", &amqp.Error{Condition: condition, Description: "the words of the hub"})
	}
	for _, test := range []struct {
		name    string
		scope   scope
		err     error
		kind    error
		fatal   bool
		subject string
	}{
		{"claim refused", whole, reply(401), ErrUnauthorized, true, "h"},
		{"no such hub", whole, reply(404), ErrHubNotFound, true, "wind"},
		{"busy", whole, reply(503), ErrBusy, false, "h"},
		{"slow", whole, reply(408), ErrTimeout, false, "h"},
		{"broken", whole, reply(500), ErrConnectionLost, false, "h"},
		{"no such group", one, refused(amqp.ErrCondNotFound), ErrConsumerGroup, true, "dash"},
		{"no such partition", one, refused(condArgumentRange), ErrPartition, true, "3"},
		{"no right", one, refused(amqp.ErrCondUnauthorizedAccess), ErrUnauthorized, true, "h"},
		{"five readers", one, refused(amqp.ErrCondResourceLimitExceeded), ErrTooManyReceivers, true, "3"},
		{"epoch", one, refused(amqp.ErrCondStolen), ErrStolen, true, "3"},
		{"offset", one, refused(condArgument), ErrPosition, true, "3"},
		{"filter", one, refused(amqp.ErrCondNotAllowed), ErrPosition, true, "3"},
		{"busy link", one, refused(condBusy), ErrBusy, false, "h"},
		{"idle link", one, refused(amqp.ErrCondDetachForced), ErrDetached, false, "3"},
		{"disabled", one, refused(condDisabled), ErrDisabled, true, "h"},
		{"no answer", one, context.DeadlineExceeded, ErrTimeout, false, "h"},
		{"cut", one, errors.New("EOF"), ErrConnectionLost, false, "h"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := test.scope.classify(test.err)
			if !errors.Is(got, test.kind) || got.fatal() != test.fatal || got.Subject != test.subject {
				t.Fatalf("%+v (fatal %v), want kind %v, fatal %v, subject %s", got, got.fatal(), test.kind, test.fatal, test.subject)
			}
			if got.Partition != test.scope.partition || !errors.Is(got, test.err) {
				t.Errorf("partition %q, cause %v", got.Partition, got.Err)
			}
			sentence, next := got.Explain()
			if sentence == "" || next == "" || strings.Contains(sentence, "%") || strings.Contains(got.Error(), "rpc:") {
				t.Errorf("%q; %q; %q", sentence, next, got)
			}
			if again := test.scope.classify(fmt.Errorf("once more: %w", got)); again != got {
				t.Errorf("an error that is ours became %+v", again)
			}
		})
	}
}

func TestEveryKindHasWords(t *testing.T) {
	for kind, what := range kinds {
		if strings.Count(what.sentence, "%s") != 1 || what.next == "" {
			t.Errorf("%v: %q, %q", kind, what.sentence, what.next)
		}
	}
	for why := anyReason + 1; why <= takenOver; why++ {
		if what := reasons[why]; strings.Count(what.sentence, "%s") != 1 || what.next == "" {
			t.Errorf("reason %d: %q, %q", why, what.sentence, what.next)
		}
	}
}

func TestConditionIn(t *testing.T) {
	inside := &amqp.Error{Condition: "amqp:link:stolen", Description: "New receiver 'x', Info: y, is created", Info: map[string]any{"a": 1}}
	condition, description := conditionIn("(connlost): " + inside.Error())
	if condition != inside.Condition || description != inside.Description {
		t.Errorf("%q, %q", condition, description)
	}
	if condition, _ := conditionIn("EOF"); condition != "" {
		t.Errorf("found %q in EOF", condition)
	}
}

func FuzzConditionIn(f *testing.F) {
	f.Add("(connlost): *Error{Condition: amqp:link:stolen, Description: words, Info: map[]}")
	f.Add("Condition: , Description: , Info: ")
	f.Add("rpc: failed, status code 401 and description: words")
	f.Fuzz(func(t *testing.T, text string) {
		condition, description := conditionIn(text)
		if condition == "" && description != "" && !strings.Contains(text, ", Description: ") {
			t.Errorf("%q: a description of nothing: %q", text, description)
		}
		if !strings.Contains(text, descriptionOfReply(text)) || !strings.Contains(text, description) {
			t.Errorf("%q: words that nobody said", text)
		}
	})
}
