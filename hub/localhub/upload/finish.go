package upload

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"strings"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
)

const (
	codeUnknownCorrelation = 400015 // InvalidFileUploadCorrelationId
	codeExpiredCorrelation = 400016 // ExpiredFileUploadCorrelationId
)

// Completion is what a device says of an upload at its end.
type Completion struct {
	CorrelationID     string `json:"correlationId"`
	IsSuccess         bool   `json:"isSuccess"`
	StatusCode        int    `json:"statusCode"`
	StatusDescription string `json:"statusDescription"`
}

// Finish ends an upload. When it succeeded and the file is there, a notification
// is queued first, durably: a hub that dies in between makes it twice rather than
// not at all. Errors: 400015, 400016.
func (s *Service) Finish(ctx context.Context, deviceID string, c Completion) error {
	key := recordKey(deviceID, c.CorrelationID)
	r, err := s.openRecord(key)
	if err != nil {
		return err
	}
	if c.IsSuccess {
		if err := s.notify(ctx, deviceID, r); err != nil {
			return err
		}
	}
	return s.db.Update(ctx, func(tx *bbolt.Tx) error {
		if tx.Bucket(bucket).Get(key) == nil {
			return unknownCorrelation() // another Finish was faster
		}
		return store.Abort(tx.Bucket(bucket).Delete(key))
	})
}

func (s *Service) openRecord(key []byte) (r record, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		var found bool
		if r, found, err = readRecord(tx, key); err == nil && !found {
			err = unknownCorrelation()
		}
		return err
	})
	if err == nil && !s.now().Before(r.Expires) {
		err = core.NewError(codeExpiredCorrelation, "The upload ended at %s, when its time was over.", r.Expires.Format("2006-01-02T15:04:05Z"))
	}
	return r, err
}

func unknownCorrelation() error {
	return core.NewError(codeUnknownCorrelation, "The correlation id is not that of an open upload of this device.")
}

// notify tells of the file. Some clients report success without having sent any: they get
// their answer, and the service hears nothing, for there is no file.
func (s *Service) notify(ctx context.Context, deviceID string, r record) error {
	info, err := s.root.Stat(filePath(r.Blob))
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !info.Mode().IsRegular():
		s.o.Logger.Info("an upload was reported as done, but nothing was sent", "device", deviceID, "blob", r.Blob)
		return nil
	case err != nil:
		return err
	}
	return s.o.Notify(ctx, core.FileNotification{
		DeviceID: deviceID, BlobName: r.Blob, BlobURI: s.blobURI(r.Blob),
		LastUpdated: info.ModTime().UTC(), Size: info.Size(),
	})
}

// blobURI is the address of a blob, without a token.
func (s *Service) blobURI(blob string) string {
	segments := strings.Split(blob, "/")
	for i, segment := range segments {
		segments[i] = url.PathEscape(segment)
	}
	return "https://" + s.o.Host() + "/" + Container + "/" + strings.Join(segments, "/")
}
