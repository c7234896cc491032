package summary

import (
	"encoding/json"
	"fmt"

	"hubscope/hub/wire"
)

// feedback says what became of a cloud-to-device message. An event has one record.
func feedback(body []byte) string {
	var record wire.FeedbackRecord
	if json.Unmarshal(body, &record) != nil || record.StatusCode == "" {
		return ""
	}
	verb := words(record.StatusCode)
	switch record.StatusCode {
	case "Success":
		verb = "completed"
	case "DeliveryCountExceeded":
		verb = "given up: delivered too often"
	}
	return fmt.Sprintf("message %s %s", record.OriginalMessageID, verb)
}

// upload says which file was uploaded.
func upload(body []byte) string {
	var file struct {
		BlobName        string `json:"blobName"`
		BlobSizeInBytes int64  `json:"blobSizeInBytes"`
	}
	if json.Unmarshal(body, &file) != nil || file.BlobName == "" {
		return ""
	}
	return fmt.Sprintf("%s uploaded, %s", file.BlobName, size(file.BlobSizeInBytes))
}

func size(n int64) string {
	switch {
	case n < 1024:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f kB", float64(n)/1024)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
