package core

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// errorCodes is the service's table: code, name, HTTP status, AMQP condition
// where one is known, source.
//
//go:embed errorcodes.csv
var errorCodes string

type errorEntry struct {
	name      string
	status    int
	condition string
}

var errorTable = sync.OnceValue(func() map[int]errorEntry {
	table := make(map[int]errorEntry, 200)
	for line := range strings.Lines(errorCodes) {
		fields := strings.Split(strings.TrimSpace(line), ",")
		if len(fields) < 4 {
			continue
		}
		code, err := strconv.Atoi(fields[0])
		if err != nil {
			continue // the heading
		}
		status, err := strconv.Atoi(fields[2])
		if err != nil {
			status = code / 1000
		}
		condition := fields[3]
		if condition == "" {
			condition = conditionOf(status)
		}
		table[code] = errorEntry{name: fields[1], status: status, condition: condition}
	}
	return table
})

func lookup(code int) errorEntry {
	if entry, found := errorTable()[code]; found {
		return entry
	}
	status := code / 1000
	return errorEntry{name: fmt.Sprintf("Error%d", code), status: status, condition: conditionOf(status)}
}

// conditionOf is the AMQP condition for codes that have none of their own.
func conditionOf(status int) string {
	switch status {
	case 400:
		return ConditionArgument
	case 401:
		return "amqp:unauthorized-access"
	case 403, 405:
		return "amqp:not-allowed"
	case 404:
		return "amqp:not-found"
	case 409:
		return "amqp:resource-locked"
	case 412:
		return "com.microsoft:precondition-failed"
	case 413:
		return "amqp:link:message-size-exceeded"
	case 429:
		return "com.microsoft:device-container-throttled"
	case 503:
		return "com.microsoft:server-busy"
	case 504:
		return "com.microsoft:timeout"
	}
	return "amqp:internal-error"
}
