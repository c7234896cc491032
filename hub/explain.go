package hub

import (
	"context"
	"errors"

	"hubscope/hub/connstr"
	"hubscope/hub/sas"
)

// Explainer is an error that has words of its own for people. Errors of other packages
// implement it so that [Explain] need not know these packages.
type Explainer interface {
	error
	// Explain gives one plain sentence, without a full stop, and what to do next,
	// possibly empty. Neither holds a key or a token.
	Explain() (sentence, next string)
}

// Explain gives, for an error of this package or of any part of a connection to a
// hub, one plain sentence that says what went wrong, and what to do next, which may be
// empty. Both are single lines without a full stop, a key or a token. For nil
// both are empty.
func Explain(err error) (sentence, next string) {
	if err == nil {
		return "", ""
	}
	reason, next := reasonFor(err)
	if op := opOf(err); op != "" {
		reason = "could not " + op + ": " + reason
	}
	return oneLine(redactFields(reason)), oneLine(redactFields(next))
}

func reasonFor(err error) (reason, next string) {
	for _, explain := range []func(error) (string, string, bool){
		explainItself, explainCancelled, explainRefusal, explainAnswer, explainSetting,
		explainName, explainCertificate, explainTLS, explainConnection,
	} {
		if reason, next, ok := explain(err); ok {
			return reason, next
		}
	}
	var connection *callError
	if errors.As(err, &connection) {
		err = withoutURL(connection.err)
	}
	return err.Error(), ""
}

// opOf is what was being done when err happened, for errors of this package.
func opOf(err error) string {
	var refusal *Error
	var connection *callError
	var answer *AnswerError
	switch {
	case errors.As(err, &refusal):
		return refusal.Op
	case errors.As(err, &connection):
		return connection.op
	case errors.As(err, &answer):
		return answer.Op
	}
	return ""
}

func explainItself(err error) (reason, next string, ok bool) {
	var e Explainer
	if !errors.As(err, &e) {
		return "", "", false
	}
	reason, next = e.Explain()
	return reason, next, true
}

func explainCancelled(err error) (reason, next string, ok bool) {
	if !errors.Is(err, context.Canceled) {
		return "", "", false
	}
	return "cancelled", "", true
}

func explainAnswer(err error) (reason, next string, ok bool) {
	var e *AnswerError
	if !errors.As(err, &e) {
		return "", "", false
	}
	return "what answers at " + e.Host + " is not an IoT Hub",
		"check HostName in the connection string, and whether a proxy stands in between", true
}

func explainSetting(err error) (reason, next string, ok bool) {
	var text *connstr.Error
	switch {
	case errors.As(err, &text):
		return (&connstr.Error{Part: text.Part, Reason: text.Reason}).Error(), text.Hint, true
	case errors.Is(err, sas.ErrKey):
		return "the shared access key is not base64", "copy the key again, with the equals signs at its end", true
	case errors.Is(err, ErrNoService):
		return ErrNoService.Error(), "give the hub's own connection string, the one that begins with HostName=", true
	}
	return "", "", false
}
