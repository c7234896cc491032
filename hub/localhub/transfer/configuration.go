package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

const (
	codeNoConfiguration = 404301 // ConfigurationNotFound
	codeDeserialization = 400012
)

// importConfiguration does one line: a configuration with an importMode, which is
// createOrUpdateIfMatchETag unless it says otherwise (UNCONFIRMED).
func (s *Service) importConfiguration(ctx context.Context, line []byte) (id string, err error) {
	var c struct {
		wire.Configuration
		ImportMode string `json:"importMode"`
	}
	if err := json.Unmarshal(line, &c); err != nil || c.ID == "" {
		return c.ID, core.NewError(codeDeserialization, "It is not a JSON document of a configuration with an id.")
	}
	body, etag := c.Configuration, "*"
	if matches := c.ImportMode == "" || strings.HasSuffix(strings.ToLower(c.ImportMode), "ifmatchetag"); matches && c.ETag != "" {
		etag = c.ETag
	}
	switch mode := strings.ToLower(strings.ReplaceAll(c.ImportMode, "_", "")); mode {
	case "create":
		_, err = s.o.Configurations.Create(ctx, body)
	case "", "createorupdate", "createorupdateifmatchetag":
		_, err = s.o.Configurations.Update(ctx, body, etag)
		if errors.Is(err, &core.Error{Code: codeNoConfiguration}) {
			_, err = s.o.Configurations.Create(ctx, body)
		}
	case "update", "updateifmatchetag":
		_, err = s.o.Configurations.Update(ctx, body, etag)
	case "delete", "deleteifmatchetag":
		err = s.o.Configurations.Delete(ctx, c.ID, etag)
	default:
		err = core.NewError(core.CodeArgumentInvalid, "The importMode '%.40s' is not known.", c.ImportMode)
	}
	return c.ID, err
}
