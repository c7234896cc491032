package rest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

const (
	codeInvalidPolicyKey  = 400035 // InvalidPolicyKey
	codeRegenerateFailure = 400036 // BulkRegenerateDeviceKeyOperationFailure
	newKeyBytes           = 32     // protocol 1.5
)

// regenerateKeys makes keys anew, one by one; names beyond the route and the
// shapes of the Azure CLI are UNCONFIRMED.
func (s *server) regenerateKeys(c *call) (answer, error) {
	var q wire.RegenerateRequest
	if err := c.decode(&q); err != nil {
		return answer{}, err
	}
	primary := strings.EqualFold(q.PolicyKey, "primaryKey") || strings.EqualFold(q.PolicyKey, "both")
	secondary := strings.EqualFold(q.PolicyKey, "secondaryKey") || strings.EqualFold(q.PolicyKey, "both")
	switch n := len(q.Devices); {
	case !primary && !secondary:
		return answer{}, core.NewError(codeInvalidPolicyKey, "The policyKey '%.40s' is none of primaryKey, secondaryKey and both.", q.PolicyKey)
	case n == 0:
		return answer{}, core.NewError(core.CodeArgumentInvalid, "The list of devices is empty.")
	case n > maxBulk:
		return answer{}, core.NewError(core.CodeTooManyDevices, "The list has %d devices, at most %d are allowed.", n, maxBulk)
	}
	result := wire.RegenerateResult{PolicyKey: q.PolicyKey, RotatedKeys: []wire.RotatedKey{}, Errors: []wire.BulkError{}}
	for _, d := range q.Devices {
		rotated := wire.RotatedKey{ID: d.ID, ModuleID: d.ModuleID}
		if primary {
			rotated.PrimaryKey = randomKey()
		}
		if secondary {
			rotated.SecondaryKey = randomKey()
		}
		err := s.rotate(c.Context(), rotated)
		var refusal *core.Error
		switch {
		case err == nil:
			result.RotatedKeys = append(result.RotatedKeys, rotated)
		case errors.As(err, &refusal):
			result.Errors = append(result.Errors, wire.BulkError{
				DeviceID: d.ID, ModuleID: d.ModuleID, ErrorCode: wire.CodeName(refusal.Name), ErrorStatus: refusal.Message,
			})
		default:
			return answer{}, err
		}
	}
	return regenerateAnswer(result), nil
}

func regenerateAnswer(result wire.RegenerateResult) answer {
	a := answer{body: result}
	if len(result.Errors) == 0 {
		return a
	}
	a.status = http.StatusMultiStatus
	if len(result.RotatedKeys) == 0 {
		failure := core.NewError(codeRegenerateFailure, "")
		a.status, a.header = failure.Status, map[string]string{wire.HeaderErrorCode: failure.Name}
	}
	return a
}

// rotate replaces the keys that k has, unless somebody else changes the identity
// meanwhile.
func (s *server) rotate(ctx context.Context, k wire.RotatedKey) error {
	if k.ModuleID == "" {
		d, err := s.hub.Device(k.ID)
		if err != nil {
			return err
		}
		if err := setKeys(d.Authentication, k); err != nil {
			return err
		}
		_, err = s.hub.UpdateDevice(ctx, d, d.ETag)
		return err
	}
	m, err := s.hub.Module(core.ID{Device: k.ID, Module: k.ModuleID})
	if err != nil {
		return err
	}
	if err := setKeys(m.Authentication, k); err != nil {
		return err
	}
	_, err = s.hub.UpdateModule(ctx, m, m.ETag)
	return err
}

func setKeys(a *wire.Authentication, k wire.RotatedKey) error {
	if a == nil || a.Type != wire.AuthSAS || a.SymmetricKey == nil {
		return core.NewError(core.CodeArgumentInvalid, "'%s' has no symmetric keys.", core.ID{Device: k.ID, Module: k.ModuleID})
	}
	if k.PrimaryKey != "" {
		a.SymmetricKey.PrimaryKey = k.PrimaryKey
	}
	if k.SecondaryKey != "" {
		a.SymmetricKey.SecondaryKey = k.SecondaryKey
	}
	return nil
}

func randomKey() string {
	var key [newKeyBytes]byte
	_, _ = rand.Read(key[:]) // never fails since Go 1.24
	return base64.StdEncoding.EncodeToString(key[:])
}
