package rest

import (
	"net/http"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/upload"
)

const codeNoStorage = 400014 // DefaultStorageEndpointNotConfigured

// fileRoutes are the device's side of a file upload (protocol 5.3). Old SDKs put
// the correlation id into the path.
func (s *server) fileRoutes() []route {
	const files = "/devices/{id}/files"
	return []route{
		{method: http.MethodPost, pattern: files, rights: core.DeviceConnect, serve: s.beginUpload},
		{method: http.MethodPost, pattern: files + "/notifications", rights: core.DeviceConnect, serve: s.finishUpload},
		{method: http.MethodPost, pattern: files + "/notifications/{correlation}", rights: core.DeviceConnect, serve: s.finishUpload},
	}
}

func (s *server) beginUpload(c *call) (answer, error) {
	var body struct {
		BlobName string `json:"blobName"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	id, err := s.uploader(c)
	if err != nil {
		return answer{}, err
	}
	if body.BlobName == "" {
		return answer{}, core.NewError(core.CodeArgumentInvalid, "The blobName is missing.")
	}
	ticket, err := s.uploads.Begin(c.Context(), id, body.BlobName)
	return answer{body: ticket}, err
}

func (s *server) finishUpload(c *call) (answer, error) {
	var completion upload.Completion
	if err := c.decode(&completion); err != nil {
		return answer{}, err
	}
	id, err := s.uploader(c)
	if err != nil {
		return answer{}, err
	}
	if inPath := c.params["correlation"]; inPath != "" {
		completion.CorrelationID = inPath
	}
	return answer{status: http.StatusNoContent}, s.uploads.Finish(c.Context(), id, completion)
}

// uploader gives the device that a request is about, which a policy's token does
// not prove to be there, nor to be enabled.
func (s *server) uploader(c *call) (string, error) {
	if s.uploads == nil {
		return "", core.NewError(codeNoStorage, "File upload is not set up on this hub.")
	}
	device, err := s.hub.Device(c.params["id"])
	if err == nil && device.Status == "disabled" {
		err = core.NewError(core.CodeDeviceDisabled, "The device '%s' is disabled.", device.DeviceID)
	}
	return device.DeviceID, err
}
