package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"hubscope/device/pattern"
	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/provision"
)

// cast are the devices to run.
type cast struct {
	list      []connstr.Device
	connected map[string]bool // those that the hub calls so
	missing   int             // identities that were not found, or could not be created
	target    hub.Target
}

// errEmptyShard says that nothing is to be done, which is no failure: eight processes may share five devices.
var errEmptyShard = errors.New("no device is in this shard")

// find finds the devices, and creates what is missing when asked to.
func (s *simulation) find(ctx context.Context, p *reporter) (cast, error) {
	target, err := s.target(ctx)
	if err != nil {
		return cast{}, err
	}
	if s.devices != "" {
		list, err := s.fromFile()
		if err != nil {
			return cast{}, err
		}
		target, err = reaching(list, target)
		return cast{list: list, target: target}, err
	}
	registry, err := hub.New(hub.Options{Target: target, UserAgent: "hubscope/" + s.version, Retry: hub.Retry{Tries: 1}})
	if err != nil {
		return cast{}, usageError{err}
	}
	defer registry.Close()
	ids, err := s.ids(ctx, target)
	if err != nil {
		return cast{}, err
	}
	if len(ids) == 0 {
		return cast{target: target}, errEmptyShard
	}
	if s.policy {
		return cast{list: underPolicy(ids, target.Service), target: target}, nil
	}
	return s.provide(ctx, registry, target, ids, p)
}

// target is the hub. Whoever brings connection strings of devices needs none, but a local hub is reached by what it says of
// itself.
func (s *simulation) target(ctx context.Context) (hub.Target, error) {
	target, err := hub.TargetFromEnv(os.Getenv, s.connection)
	if err != nil {
		return hub.Target{}, usageError{err}
	}
	if !target.IsZero() {
		return target, nil
	}
	target, err = runningHub(ctx, s.state)
	if err != nil && s.devices != "" {
		return hub.Target{}, nil
	}
	return target, err
}

// reaching is how to reach the hub of the devices: as the target says when it is theirs, else at the standard address.
func reaching(list []connstr.Device, target hub.Target) (hub.Target, error) {
	name := hostOf(list[0].HostName)
	for _, cs := range list {
		if !strings.EqualFold(hostOf(cs.HostName), name) {
			return hub.Target{}, usageError{fmt.Errorf("--devices: %s is of another hub than %s: run those of each hub by themselves", cs.DeviceID, list[0].DeviceID)}
		}
	}
	if strings.EqualFold(hostOf(target.Service.HostName), name) {
		return target, nil
	}
	return hub.Target{}, nil
}

// ids are those of the shard, by the patterns or by the query.
func (s *simulation) ids(ctx context.Context, target hub.Target) ([]string, error) {
	if s.query != "" {
		return s.queried(ctx, target)
	}
	return s.named, nil
}

// fromPatterns are the ids of the shard, by their place in all patterns together.
func (s *simulation) fromPatterns() ([]string, error) {
	var ids []string
	seen := make(map[string]bool)
	place := 0
	for _, text := range s.patterns {
		p, err := pattern.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
		for id := range p.All() {
			if seen[id] {
				return nil, fmt.Errorf("%s is in the patterns twice", id)
			}
			if seen[id] = true; s.part.Takes(place) {
				ids = append(ids, id)
			}
			place++
		}
	}
	return ids, nil
}

func (s *simulation) queried(ctx context.Context, target hub.Target) ([]string, error) {
	client, err := hub.New(hub.Options{Target: target, UserAgent: "hubscope/" + s.version})
	if err != nil {
		return nil, usageError{err}
	}
	defer client.Close()
	all, err := provision.IDs(ctx, client, s.query)
	switch {
	case errors.Is(err, provision.ErrNoDeviceID):
		return nil, usageError{fmt.Errorf("--query: %w", err)}
	case err != nil:
		return nil, fmt.Errorf("--query: %w", err)
	}
	return slices.DeleteFunc(all, func(id string) bool { return !s.part.Has(id) }), nil
}

// provide finds the identities with their keys.
func (s *simulation) provide(ctx context.Context, registry provision.Registry, target hub.Target, ids []string, p *reporter) (cast, error) {
	result, err := provision.Run(ctx, registry, ids, provision.Options{Create: s.create, DryRun: s.dryRun, Progress: p.provisioning})
	p.provisioned(result)
	c := cast{target: target, list: result.ConnectionStrings(target.Service), connected: make(map[string]bool), missing: result.Missing + result.Failed}
	for _, item := range result.Items {
		if item.Outcome == provision.Found && item.Device.Connected() {
			c.connected[item.DeviceID] = true
		}
	}
	switch {
	case err != nil:
		return c, fmt.Errorf("find the devices (%v): %w", result.Counts, err)
	case s.dryRun:
		return c, nil
	case len(c.list) == 0 && result.Missing > 0:
		return c, fmt.Errorf("none of the %d devices is there: --create creates them", result.Total)
	case len(c.list) == 0:
		return c, fmt.Errorf("none of the %d devices could be created: %w", result.Total, firstError(result))
	}
	return c, nil
}

func firstError(r provision.Result) error {
	for _, item := range r.Items {
		if item.Err != nil {
			return item.Err
		}
	}
	return nil
}

// underPolicy are devices that connect with a policy of the hub (protocol 1.1).
func underPolicy(ids []string, service connstr.Service) []connstr.Device {
	list := make([]connstr.Device, len(ids))
	for i, id := range ids {
		list[i] = service.ForDevice(id, service.Key)
		list[i].PolicyName = service.PolicyName
	}
	return list
}

// fromFile reads connection strings of devices, one a line, those of the shard by their place. Empty lines and those that
// start with # are passed over.
func (s *simulation) fromFile() ([]connstr.Device, error) {
	in := io.Reader(os.Stdin)
	if s.devices != "-" {
		file, err := os.Open(s.devices)
		if err != nil {
			return nil, usageError{fmt.Errorf("--devices: %w", err)}
		}
		defer file.Close()
		in = file
	}
	list, err := readDevices(in, s.part)
	if err != nil {
		return nil, usageError{fmt.Errorf("--devices %s: %w", s.devices, err)}
	}
	if len(list) == 0 {
		return nil, errEmptyShard
	}
	return list, nil
}

func readDevices(in io.Reader, part pattern.Shard) ([]connstr.Device, error) {
	var list []connstr.Device
	seen := make(map[string]int)
	lines := bufio.NewScanner(in)
	place := 0
	for number := 1; lines.Scan(); number++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		cs, err := connstr.ParseDevice(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		if first := seen[cs.DeviceID]; first > 0 {
			return nil, fmt.Errorf("line %d: %s is in line %d already", number, cs.DeviceID, first)
		}
		if seen[cs.DeviceID] = number; part.Takes(place) {
			list = append(list, cs)
		}
		place++
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if place == 0 {
		return nil, errors.New("there is no connection string in it")
	}
	return list, nil
}

// share is the part of a rate or a number that is this shard's.
func (s *simulation) share(whole float64) float64 { return whole / float64(cmp.Or(s.part.Of, 1)) }

// The bounds of devices with no screen.
const (
	simulateLog     = 4 // entries: nobody reads them
	simulateStop    = 10 * time.Second
	simulateMessage = 2 * time.Minute // for a confirmation: a restart of the hub is no failure
)
