package localhub

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"hubscope/hub/localhub/core"
)

const maxConsumerGroups = 20 // protocol 9

// groupName is what an address of the built-in endpoint can hold.
var groupName = regexp.MustCompile(`^[\pL\pN._$-]{1,50}$`)

// check tells what can not be done.
func (o Options) check() error {
	for _, group := range o.ConsumerGroups {
		if !groupName.MatchString(group) {
			return fmt.Errorf("start the local hub: %q can not be the name of a consumer group: use up to 50 letters, digits, '.', '_' and '-'", group)
		}
	}
	if n := len(o.ConsumerGroups); n > maxConsumerGroups {
		return fmt.Errorf("start the local hub: %d consumer groups asked for, it can have %d", n, maxConsumerGroups)
	}
	if o.Retention < 0 || o.RetentionBytes < 0 {
		return errors.New("start the local hub: the retention of events must not be negative")
	}
	return nil
}

// eventSources reads Options.EventSources.
func eventSources(wanted []string) ([]string, error) {
	known := core.EventSources()
	var sources []string
	for _, name := range wanted {
		name = strings.TrimSpace(name)
		if strings.EqualFold(name, "all") {
			return known, nil
		}
		i := slices.IndexFunc(known, func(source string) bool { return strings.EqualFold(source, name) })
		if i < 0 {
			return nil, fmt.Errorf("start the local hub: %q is no source of events: there are %s", name, strings.Join(known, ", "))
		}
		sources = append(sources, known[i])
	}
	return sources, nil
}

// deviceCAs reads the authorities; nil when there are none.
func deviceCAs(files []string) (*x509.CertPool, error) {
	if len(files) == 0 {
		return nil, nil
	}
	pool := x509.NewCertPool()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read the authority of devices: %w", err)
		}
		if !pool.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("read the authority of devices: %s holds no certificate in PEM form", file)
		}
	}
	return pool, nil
}
