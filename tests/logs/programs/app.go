// SPDX-License-Identifier: GPL-3.0-or-later
// A small order service that logs through one of several loggers. Usage: app KIND
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
	"golang.org/x/exp/slog"
	"k8s.io/klog"
)

type logger struct {
	info func(order int, took time.Duration)
	fail func(order int, err error)
}

var kinds = map[string]func() logger{
	"std": func() logger { return std(log.LstdFlags) },
	"micro": func() logger {
		return std(log.LstdFlags | log.Lmicroseconds | log.Lshortfile | log.LUTC)
	},
	"slog-text": func() logger { return structured(slog.NewTextHandler(os.Stdout)) },
	"slog-json": func() logger {
		return structured(slog.HandlerOptions{AddSource: true}.NewJSONHandler(os.Stdout))
	},
	"klog": func() logger {
		flags := flag.NewFlagSet("klog", flag.ExitOnError)
		klog.InitFlags(flags)
		flags.Parse([]string{"-logtostderr"})
		return logger{
			func(order int, took time.Duration) {
				klog.Infof("order %d stored in %v", order, took)
			},
			func(order int, err error) { klog.Errorf("order %d: %v", order, err) },
		}
	},
	"zap": func() logger { l, _ := zap.NewProduction(); return zapped(l) },
	"zap-dev": func() logger { l, _ := zap.NewDevelopment(); return zapped(l) },
	"logrus": func() logger {
		l := logrus.New()
		return logger{
			func(order int, took time.Duration) {
				l.WithFields(logrus.Fields{"order": order, "took": took}).Info("order stored")
			},
			func(order int, err error) { l.WithError(err).WithField("order", order).Error("order lost") },
		}
	},
}

func std(flags int) logger {
	l := log.New(os.Stdout, "", flags)
	return logger{
		func(order int, took time.Duration) { l.Printf("order %d stored in %v", order, took) },
		func(order int, err error) { l.Printf("error: order %d: %v", order, err) },
	}
}

func structured(h slog.Handler) logger {
	l := slog.New(h).With("service", "orders")
	return logger{
		func(order int, took time.Duration) {
			l.Info("order stored", "order", order, "took", took, "from", "10.0.0.7:40001")
		},
		func(order int, err error) { l.Error("order lost", err, "order", order) },
	}
}

func zapped(l *zap.Logger) logger {
	l = l.Named("orders")
	return logger{
		func(order int, took time.Duration) {
			l.Info("order stored", zap.Int("order", order), zap.Duration("took", took))
		},
		func(order int, err error) { l.Error("order lost", zap.Int("order", order), zap.Error(err)) },
	}
}

func work(l logger, first int, group *sync.WaitGroup) {
	defer group.Done()
	for order := first; order < first+8; order++ {
		time.Sleep(time.Duration(300+order) * time.Microsecond)
		if order%7 == 5 {
			l.fail(order, errors.New("connection refused by \"db1\""))
		} else {
			l.info(order, time.Duration(order*1234)*time.Microsecond)
		}
	}
}

func crash() {
	var table map[string]int
	group := sync.WaitGroup{}
	group.Add(1)
	go func() {
		defer group.Done()
		time.Sleep(time.Minute)
	}()
	time.Sleep(10 * time.Millisecond)
	fmt.Println("storing the first order")
	func() { table["order"] = 1 }()
	group.Wait()
}

func main() {
	if os.Args[1] == "panic" {
		crash()
	}
	group := sync.WaitGroup{}
	group.Add(3)
	l := kinds[os.Args[1]]()
	for i := 0; i < 3; i++ {
		go work(l, i*100, &group)
	}
	group.Wait()
}
