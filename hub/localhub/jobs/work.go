package jobs

import (
	"context"
	"errors"
	"time"

	"go.etcd.io/bbolt"
	"golang.org/x/sync/errgroup"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// work goes through the devices that are left, several at a time, until ctx ends.
// An error is one of the hub itself: what devices answer is in their items.
func (s *Service) work(ctx context.Context, r *record) error {
	act, err := s.action(r.Job)
	if err != nil {
		return err
	}
	var after []byte
	for ctx.Err() == nil {
		keys, err := s.openItems(r.Job.JobID, after, 100)
		if err != nil || len(keys) == 0 {
			return err
		}
		after = keys[len(keys)-1]
		var group errgroup.Group
		group.SetLimit(s.o.Workers)
		for _, key := range keys {
			group.Go(func() error {
				if ctx.Err() != nil {
					return nil
				}
				return s.one(ctx, r.Job.JobID, key, act)
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// one does the job on one device.
func (s *Service) one(ctx context.Context, job string, key []byte, act action) error {
	if err := s.settle(job, [][]byte{key}, item{Status: wire.JobRunning}); err != nil {
		return err
	}
	_, id := parseItemKey(key)
	response, err := act(ctx, id)
	if err != nil && ctx.Err() != nil {
		return nil // cancelled, out of time or closing: the end of the job marks it
	}
	result := item{Status: wire.JobCompleted, Method: response}
	if err != nil {
		result.Status, result.Error = wire.JobFailed, problem(err)
	}
	return s.settle(job, [][]byte{key}, result)
}

// problem words a refusal for the item.
func problem(err error) *wire.DeviceJobError {
	var e *core.Error
	if errors.As(err, &e) {
		return &wire.DeviceJobError{Code: e.Name, Description: e.Message}
	}
	return &wire.DeviceJobError{Code: "ServerError", Description: "The hub could not do it."}
}

// settle gives items a status, and counts.
func (s *Service) settle(job string, keys [][]byte, to item) error {
	now := s.now()
	_, err := s.change(s.ctx, job, func(tx *bbolt.Tx, r *record) error {
		b := tx.Bucket(itemsBucket)
		for _, key := range keys {
			var i item
			if err := unseal(b.Get(key), &i); err != nil {
				return store.Abort(err)
			}
			r.count(i.Status, -1)
			r.count(to.Status, 1)
			i.Status, i.Method, i.Error = to.Status, to.Method, to.Error
			if i.open() {
				i.Began = &now
			} else {
				i.Ended = &now
			}
			if err := put(b, key, i); err != nil {
				return store.Abort(err)
			}
		}
		return nil
	})
	return err
}

// action does a job on one device.
type action func(ctx context.Context, id core.ID) (*wire.MethodResponse, error)

func (s *Service) action(j wire.Job) (action, error) {
	if j.Type == wire.JobMethod {
		call := methodCall(*j.CloudToDeviceMethod)
		return func(ctx context.Context, id core.ID) (*wire.MethodResponse, error) {
			result, err := s.o.Hub.InvokeMethod(ctx, id, call)
			if err != nil {
				return nil, err
			}
			return &wire.MethodResponse{Status: result.Status, Payload: result.Payload}, nil
		}, nil
	}
	patch, etag, err := twinPatch(j.UpdateTwin)
	return func(ctx context.Context, id core.ID) (*wire.MethodResponse, error) {
		_, err := s.o.Hub.PatchTwin(ctx, id, patch, etag)
		return nil, err
	}, err
}

// methodCall takes 0 for what is left out, which the hub takes for its defaults.
func methodCall(m wire.MethodRequest) core.MethodCall {
	seconds := func(n *int) time.Duration {
		if n == nil {
			return 0
		}
		const farOut = 1 << 20
		return time.Duration(max(-farOut, min(*n, farOut))) * time.Second
	}
	return core.MethodCall{
		Name: m.MethodName, Payload: m.Payload,
		ResponseTimeout: seconds(m.ResponseTimeoutInSeconds), ConnectTimeout: seconds(m.ConnectTimeoutInSeconds),
	}
}
