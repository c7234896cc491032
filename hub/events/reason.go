package events

import "strings"

// reasonIn finds out more about a refusal from the words of the hub. protocol 7.4, 7.6, 7.7
func reasonIn(kind error, detail string) reason {
	said := strings.ToLower(detail)
	has := func(any ...string) bool {
		for _, words := range any {
			if strings.Contains(said, words) {
				return true
			}
		}
		return false
	}
	switch {
	case kind == ErrUnauthorized && has("expired", "expiration"):
		return tokenEnded
	case kind == ErrUnauthorized && has("signature"):
		return badSignature
	case kind == ErrUnauthorized && has("claim", "permission"):
		return noRight
	case kind == ErrUnauthorized && has("policy", "key name", "keyname"):
		return noSuchPolicy
	case kind == ErrStolen && has("is getting disconnected"):
		return takenOver
	}
	return anyReason
}

// limitIn tells which limit of a partition a hub speaks of.
func limitIn(detail string) error {
	if said := strings.ToLower(detail); strings.Contains(said, "quota") && !strings.Contains(said, "receivers") {
		return ErrQuota
	}
	return ErrTooManyReceivers
}
