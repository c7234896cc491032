package upload

import (
	"context"
	"time"

	"github.com/google/uuid"
	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
)

// maxOpen is how many uploads of a device may be open (protocol 9).
const maxOpen = 10

// keepEnded is how long a record stays after its time, so that a late Finish is
// told that it is late.
const keepEnded = 24 * time.Hour

const codeTooManyUploads = 403006 // DeviceMaximumActiveFileUploadLimitExceeded

// Ticket is what a device needs to upload a file: PUT it to
// https://{hostName}/{containerName}/{blobName}{sasToken}.
type Ticket struct {
	CorrelationID string `json:"correlationId"`
	HostName      string `json:"hostName"`
	ContainerName string `json:"containerName"`
	BlobName      string `json:"blobName"` // {device}/{name}
	SASToken      string `json:"sasToken"` // with the question mark
}

// Begin opens an upload for a device that exists. It is durable when Begin
// returns: the URL stays good when the hub is started again. Errors: 400004 for
// a name that can not be a file's, 403006.
func (s *Service) Begin(ctx context.Context, deviceID, name string) (Ticket, error) {
	blob := deviceID + "/" + name
	if err := checkName(blob); err != nil {
		return Ticket{}, err
	}
	s.sweep()
	now := s.now()
	r := record{Blob: blob, Expires: now.Add(s.o.TTL).Truncate(time.Second)}
	id := uuid.NewString()
	err := s.db.Update(ctx, func(tx *bbolt.Tx) error {
		open, _, err := openUploads(tx, deviceID, now)
		if err != nil {
			return err
		}
		if open >= maxOpen {
			return core.NewError(codeTooManyUploads, "The device '%s' has %d uploads open, and can have no more: finish one first.", deviceID, open)
		}
		_, outdated, err := openUploads(tx, deviceID, now.Add(-keepEnded))
		if err != nil {
			return err
		}
		for _, key := range outdated {
			if err := tx.Bucket(bucket).Delete(key); err != nil {
				return store.Abort(err)
			}
		}
		return store.Abort(r.put(tx, recordKey(deviceID, id)))
	})
	if err != nil {
		return Ticket{}, err
	}
	return Ticket{
		CorrelationID: id, HostName: s.o.Host(), ContainerName: Container, BlobName: blob,
		SASToken: "?" + s.sign(blob, r.Expires).Encode(),
	}, nil
}
