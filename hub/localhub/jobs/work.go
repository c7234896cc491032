package jobs

import (
	"context"
	"errors"
	"math"
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
	if err := s.giveUpStarted(r); err != nil {
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

// giveUpStarted marks the devices whose method a hub that has ended since may
// have invoked. To reboot a pump twice is worse than to say that it is not known;
// a patch that is written again changes nothing.
func (s *Service) giveUpStarted(r *record) error {
	if r.Job.Type != wire.JobMethod {
		return nil
	}
	keys, err := s.items(r.Job.JobID, nil, math.MaxInt, func(i *item) bool { return i.Status == wire.JobRunning })
	if err != nil || len(keys) == 0 {
		return err
	}
	return s.settle(r.Job.JobID, keys, item{Status: wire.JobFailed, Error: &wire.DeviceJobError{
		Code: "ServerError", Description: "The hub ended before the answer came; the method may have been invoked.",
	}})
}

// one does the job on one device.
func (s *Service) one(ctx context.Context, job string, key []byte, act action) error {
	_, id := parseItemKey(key)
	err := s.o.Hub.Ask(ctx, act.asked(id))
	if err == nil {
		err = s.settle(job, [][]byte{key}, item{Status: wire.JobRunning})
		if err != nil {
			return err
		}
	}
	var response *wire.MethodResponse
	if err == nil {
		response, err = act.do(ctx, id)
	}
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

// action is what a job does to a device.
type action struct {
	operation core.Operation
	size      int // in bytes
	do        func(ctx context.Context, id core.ID) (*wire.MethodResponse, error)
}

func (a action) asked(id core.ID) core.Act {
	return core.Act{Operation: a.operation, ID: id, Size: a.size, Job: true}
}

func (s *Service) action(j wire.Job) (action, error) {
	if j.Type == wire.JobMethod {
		return s.method(*j.CloudToDeviceMethod), nil
	}
	patch, etag, err := twinPatch(j.UpdateTwin)
	return action{core.OpTwinUpdate, len(j.UpdateTwin), func(ctx context.Context, id core.ID) (*wire.MethodResponse, error) {
		_, err := s.o.Hub.PatchTwin(ctx, id, patch, etag)
		return nil, err
	}}, err
}

func (s *Service) method(m wire.MethodRequest) action {
	call := methodCall(m)
	return action{core.OpMethod, len(m.Payload), func(ctx context.Context, id core.ID) (*wire.MethodResponse, error) {
		result, err := s.o.Hub.InvokeMethod(ctx, id, call)
		if err != nil {
			return nil, err
		}
		return &wire.MethodResponse{Status: result.Status, Payload: result.Payload}, nil
	}}
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
