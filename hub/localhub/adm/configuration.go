package adm

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/query"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

const (
	codeTargetCondition = 400401 // InvalidConfigurationTargetCondition
	codeImmutable       = 400403 // CannotModifyImmutableConfigurationContent
	codeMetricsQuery    = 400404 // InvalidConfigurationCustomMetricsQuery
	codeNotFound        = 404301 // ConfigurationNotFound
	codeExists          = 409401 // ConfigurationAlreadyExists
	codeTooMany         = 413101 // ConfigurationCountLimitExceeded
)

const (
	maxConfigurations = 100 // protocol 9
	maxID             = 128
	schemaVersion     = "1.0"
)

// Create adds a configuration. Errors: 400004, 400401, 400402, 400404, 409401,
// 413101.
func (s *Service) Create(ctx context.Context, c wire.Configuration) (wire.Configuration, error) {
	return s.put(ctx, c, func(before *wire.Configuration, n int) error {
		if before != nil {
			return core.NewError(codeExists, "A configuration with ID '%s' already exists.", c.ID)
		}
		if hasNoContent(c.Content) {
			return core.NewError(codeContent, "The configuration '%s' has no content: deviceContent, moduleContent or modulesContent is needed.", c.ID)
		}
		if n >= maxConfigurations {
			return core.NewError(codeTooMany, "The hub has %d configurations, and can have no more.", n)
		}
		return nil
	})
}

// Update changes a configuration, but for its content, which stays what it was
// made with. IfMatch is its etag, or *. Errors: those of Create, 400403, 404301,
// 412001.
func (s *Service) Update(ctx context.Context, c wire.Configuration, ifMatch string) (wire.Configuration, error) {
	return s.put(ctx, c, func(before *wire.Configuration, _ int) error {
		if err := checkMatch(before, c.ID, ifMatch); err != nil {
			return err
		}
		if c.Content != nil && !sameContent(c.Content, before.Content) {
			return core.NewError(codeImmutable, "The content of the configuration '%s' can not be changed: make a new one.", c.ID)
		}
		return nil
	})
}

// put checks and writes; allow decides with what there was.
func (s *Service) put(ctx context.Context, c wire.Configuration, allow func(before *wire.Configuration, n int) error) (wire.Configuration, error) {
	if err := s.check(ctx, c); err != nil {
		return wire.Configuration{}, err
	}
	now := wire.Time{Time: s.o.Now().UTC().Truncate(100 * time.Nanosecond)}
	err := s.db.Update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucket)
		before, err := readOne(b, c.ID)
		if err != nil {
			return err
		}
		if err := allow(before, count(b)); err != nil {
			return err
		}
		c.CreatedTimeUTC, c.LastUpdatedTimeUTC = &now, &now
		if before != nil {
			c.CreatedTimeUTC, c.Content = before.CreatedTimeUTC, before.Content
		}
		etag, err := b.NextSequence()
		if err != nil {
			return store.Abort(err)
		}
		c.ETag = base64.StdEncoding.EncodeToString(strconv.AppendUint(nil, etag, 10))
		s.o.Hub.MarkTwins(true)
		return store.Abort(errors.Join(writeOne(b, c), s.putPending(tx, c.ID)))
	})
	if err != nil {
		return wire.Configuration{}, err
	}
	return s.view(c), nil
}

// Delete removes a configuration. What it has written stays in the twins. Errors:
// 404301, 412001.
func (s *Service) Delete(ctx context.Context, id, ifMatch string) error {
	err := s.db.Update(ctx, func(tx *bbolt.Tx) error {
		before, err := readOne(tx.Bucket(bucket), id)
		if err == nil {
			err = checkMatch(before, id, ifMatch)
		}
		if err != nil {
			return err
		}
		return store.Abort(errors.Join(tx.Bucket(bucket).Delete([]byte(id)), s.putPending(tx, id)))
	})
	return err
}

// Configuration returns one, with the metrics of the last time that it was
// applied. Error: 404301.
func (s *Service) Configuration(id string) (wire.Configuration, error) {
	var c *wire.Configuration
	err := s.db.View(func(tx *bbolt.Tx) (err error) {
		c, err = readOne(tx.Bucket(bucket), id)
		return err
	})
	if err == nil && c == nil {
		err = notFound(id)
	}
	if err != nil {
		return wire.Configuration{}, err
	}
	return s.view(*c), nil
}

// List returns up to n configurations in the order of their ids.
func (s *Service) List(n int) ([]wire.Configuration, error) {
	all := []wire.Configuration{}
	err := s.db.View(func(tx *bbolt.Tx) error {
		cursor := tx.Bucket(bucket).Cursor()
		for key, value := cursor.First(); key != nil && len(all) < n; key, value = cursor.Next() {
			c, err := read(value)
			if err != nil {
				return err
			}
			all = append(all, s.view(*c))
		}
		return nil
	})
	return all, err
}

// check tells what is wrong with what a client sent.
func (s *Service) check(ctx context.Context, c wire.Configuration) error {
	if c.ID == "" || len(c.ID) > maxID || strings.Trim(c.ID, "abcdefghijklmnopqrstuvwxyz0123456789-:+%_#*?!(),=@;'") != "" {
		return core.NewError(core.CodeArgumentInvalid, "The configuration id must have 1 to %d lower-case letters, digits and - : + %% _ # * ? ! ( ) , = @ ; '", maxID)
	}
	if c.Priority < 0 {
		return core.NewError(core.CodeArgumentInvalid, "The priority must not be negative.")
	}
	if _, err := readContent(c.Content); err != nil {
		return err
	}
	problems := s.Test(queriesOf(c))
	if problems.TargetConditionError != "" {
		return core.NewError(codeTargetCondition, "The target condition is not valid: %s", problems.TargetConditionError)
	}
	for name, problem := range problems.CustomMetricQueryErrors {
		return core.NewError(codeMetricsQuery, "The query of the metric '%s' is not valid: %s", name, problem)
	}
	return ctx.Err()
}

func queriesOf(c wire.Configuration) wire.ConfigurationQueries {
	q := wire.ConfigurationQueries{TargetCondition: c.TargetCondition}
	if c.Metrics != nil {
		q.CustomMetricQueries = c.Metrics.Queries
	}
	return q
}

// Test tells what is wrong with a target condition and with queries of metrics
// (POST /configurations/testQueries).
func (s *Service) Test(q wire.ConfigurationQueries) wire.ConfigurationQueryErrors {
	errs := wire.ConfigurationQueryErrors{CustomMetricQueryErrors: map[string]string{}}
	if q.TargetCondition != "" {
		_, err := selection.Parse(q.TargetCondition)
		errs.TargetConditionError = problem(err)
	}
	for name, text := range q.CustomMetricQueries {
		if err := selection.Check(text); err != nil {
			errs.CustomMetricQueryErrors[name] = problem(err)
		}
	}
	return errs
}

func problem(err error) string {
	if e, ok := err.(*core.Error); ok {
		return e.Message
	}
	if err != nil {
		return "The query could not be run."
	}
	return ""
}

// view adds what the hub knows to a stored configuration.
func (s *Service) view(c wire.Configuration) wire.Configuration {
	s.mu.Lock()
	r := s.results[c.ID]
	s.mu.Unlock()
	c.SystemMetrics = &wire.ConfigurationMetrics{
		Results: map[string]int64{"targetedCount": r.targeted, "appliedCount": r.applied},
		Queries: systemQueries(c),
	}
	metrics := &wire.ConfigurationMetrics{Results: map[string]int64{}, Queries: map[string]string{}}
	if c.Metrics != nil && c.Metrics.Queries != nil {
		metrics.Queries = c.Metrics.Queries
	}
	for name, n := range r.custom {
		if _, asked := metrics.Queries[name]; asked {
			metrics.Results[name] = n
		}
	}
	c.Metrics = metrics
	if c.SchemaVersion == "" {
		c.SchemaVersion = schemaVersion
	}
	if c.Labels == nil {
		c.Labels = map[string]string{}
	}
	return c
}

// systemQueries ask for what the system metrics count. The statuses of a
// deployment are in the twins of $edgeAgent (protocol 3.4).
func systemQueries(c wire.Configuration) map[string]string {
	applied := fmt.Sprintf("configurations.[[%s]].status = 'Applied'", c.ID)
	from, target := query.Devices, "select deviceId from devices"
	switch parsed, err := selection.Parse(c.TargetCondition); {
	case err != nil:
	case parsed.Text() != "":
		from, target = parsed.Collection(), "select deviceId from "+string(parsed.Collection())+" where "+parsed.Text()
	default:
		from, target = parsed.Collection(), "select deviceId from "+string(parsed.Collection())
	}
	if c.Content != nil && len(c.Content.ModulesContent) > 0 {
		from, applied = query.Modules, "moduleId = '"+edgeAgent+"' and "+applied
	}
	return map[string]string{"targetedCount": target, "appliedCount": "select deviceId from " + string(from) + " where " + applied}
}

func checkMatch(c *wire.Configuration, id, ifMatch string) error {
	if c == nil {
		return notFound(id)
	}
	if ifMatch == "" || ifMatch == "*" || ifMatch == c.ETag {
		return nil
	}
	return core.NewError(core.CodePrecondition, "Precondition failed: the etag of configuration '%s' is not the one given.", id)
}

func notFound(id string) error {
	return core.NewError(codeNotFound, "There is no configuration with ID '%s'.", id)
}

// sameContent compares by what is meant, not by how it is written.
func sameContent(a, b *wire.ConfigurationContent) bool {
	plain := func(c *wire.ConfigurationContent) (v any) {
		if c == nil {
			c = &wire.ConfigurationContent{}
		}
		text, _ := json.Marshal(c) // was read from JSON
		_ = json.Unmarshal(text, &v)
		return v
	}
	return reflect.DeepEqual(plain(a), plain(b))
}

func count(b *bbolt.Bucket) (n int) {
	c := b.Cursor()
	for key, _ := c.First(); key != nil; key, _ = c.Next() {
		n++
	}
	return n
}

// readOne gives nil when there is none.
func readOne(b *bbolt.Bucket, id string) (*wire.Configuration, error) {
	if id == "" { // a key that bbolt does not take
		return nil, nil
	}
	value := b.Get([]byte(id))
	if value == nil {
		return nil, nil
	}
	return read(value)
}

func read(value []byte) (*wire.Configuration, error) {
	var c wire.Configuration
	text, err := store.Unseal(value)
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: a configuration: %w", store.ErrDamaged, err)
	}
	return &c, nil
}

func writeOne(b *bbolt.Bucket, c wire.Configuration) error {
	c.SystemMetrics = nil
	if c.Metrics != nil {
		c.Metrics = &wire.ConfigurationMetrics{Queries: c.Metrics.Queries}
	}
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode a configuration: %w", err)
	}
	return b.Put([]byte(c.ID), store.Seal(text))
}
