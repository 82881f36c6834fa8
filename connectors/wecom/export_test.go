package wecom

import (
	"time"

	"parley/core/connector"
)

// NewKFPolling is NewKF that looks for lost nudges as often as a test can wait.
func NewKFPolling(every time.Duration) connector.Driver { return kfDriver{every} }
