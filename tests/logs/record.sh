#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Records the logs of this folder that real programs write (README.md says which) and the expectations beside them.
#
#   apt-get install gcc g++ clang gdb elfutils golang-go cargo default-jdk-headless nginx-light apache2 rsyslog curl \
#     redis-server bind9 postgresql-15 systemd-journal-remote libgoogle-glog-dev libslf4j-java liblog4j1.2-java \
#     liblogback-java golang-github-sirupsen-logrus-dev golang-go.uber-zap-dev golang-k8s-klog-dev \
#     golang-golang-x-exp-dev librust-env-logger-dev librust-log-dev librust-tracing-dev librust-tracing-subscriber-dev
#   npm install --prefix DIRECTORY pino		(and NODE_MODULES=DIRECTORY/node_modules)
#   ./record.sh [PART...]				(as root)
#
# All runs in namespaces of its own: no network but a loopback, host "node1", directory /srv/app. What a part needs
# and is not installed is said, and the part's old recordings stay.
set -u
here=$(cd "$(dirname "$0")" && pwd)

python_logs() {
	for f in basic dash full brackets epoch-s epoch-frac epoch-ms epoch-us epoch-ns; do
		/usr/bin/python3 app.py $f >"$out/python-$f.log"
	done
	TZ=America/St_Johns /usr/bin/python3 app.py iso >"$out/python-iso.log"
	TZ=Asia/Kolkata /usr/bin/python3 app.py iso | sed 's/$/\r/' >"$out/python-crlf.log"
	rm -f "$out/rank.log" "$out/srun.log"
	/usr/bin/python3 chain.py >"$out/python-chained.log" 2>&1
	for r in 0 1 2; do	# as torchrun and as srun --label mark the lines of several processes
		/usr/bin/python3 -u app.py dash 2>&1 | sed -u "s/^/[rank$r]: /" >>"$out/rank.log" &
	done
	wait
	for r in 0 1 2; do
		/usr/bin/python3 -u app.py plain 2>&1 | sed -u "s/^/$r: /" >>"$out/srun.log" &
	done
	wait
}

java_logs() {
	local jars=/usr/share/java classes=/srv/app/classes
	javac -cp $jars/slf4j-api.jar -d $classes App.java
	run() { java -XX:-UsePerfData -cp "$classes:/srv/app:$1" "${@:2}" org.example.orders.App; }
	log4j() {	# NAME PATTERN
		printf '%s\n' 'log4j.rootLogger=DEBUG, A' 'log4j.appender.A=org.apache.log4j.ConsoleAppender' \
			'log4j.appender.A.layout=org.apache.log4j.PatternLayout' \
			"log4j.appender.A.layout.ConversionPattern=$2" >log4j.properties
		run $jars/slf4j-api.jar:$jars/slf4j-log4j12.jar:$jars/log4j-1.2.jar >"$out/$1.log"
	}
	logback() {	# NAME PATTERN
		printf '<configuration><appender name="A" class="ch.qos.logback.core.ConsoleAppender"><encoder>
			<pattern>%s</pattern></encoder></appender><root level="DEBUG"><appender-ref ref="A"/></root>
			</configuration>' "$2" >logback.xml
		run $jars/slf4j-api.jar:$jars/logback-classic.jar:$jars/logback-core.jar >"$out/$1.log"
	}
	log4j log4j-zookeeper '%d{ISO8601} [myid:%X{myid}] - %-5p [%t:%C{1}@%L] - %m%n'
	log4j log4j-hadoop '%d{ISO8601} %p %c: %m%n'
	log4j log4j-hadoop-thread '%d{ISO8601} %p [%t] %c: %m%n'
	log4j log4j-spark '%d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n'
	log4j log4j-source '%d{dd MMM yyyy HH:mm:ss,SSS} [%t] %-5p %c{2} (%F:%L) - %m%n'
	log4j log4j-hdfs '%d{yyMMdd HHmmss} 143 %p %c: %m%n'
	log4j log4j-level '%-5p %d{yyyy-MM-dd HH:mm:ss.SSS} [%t] %c - %m%n'
	logback logback-default '%d{HH:mm:ss.SSS} [%thread] %-5level %logger{36} - %msg%n'
	logback logback-spring "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, Europe/Helsinki} %5p \${PID:-4711} --- [%15.15t] %-40.40logger{39} : %m%n"
	logback logback-plain '%d %-5level [%thread] %logger{0}: %msg%n'
	run $jars/slf4j-api.jar:$jars/slf4j-jdk14.jar 2>"$out/jul-two-lines.log"
	run $jars/slf4j-api.jar:$jars/slf4j-jdk14.jar \
		'-Djava.util.logging.SimpleFormatter.format=%1$tF %1$tT.%1$tL %4$s [%3$s] %5$s%6$s%n' 2>"$out/jul-one-line.log"
	java -XX:-UsePerfData -cp $classes:$jars/slf4j-api.jar:$jars/slf4j-nop.jar org.example.orders.App die \
		>"$out/java-uncaught.log" 2>&1
}

go_logs() {
	mkdir -p go/src/orders && cp app.go go/src/orders/
	GO111MODULE=off GOFLAGS=-buildvcs=false GOPATH=/srv/app/go:/usr/share/gocode GOCACHE=/srv/app/cache \
		go build -o goapp orders || return 1
	for kind in std micro slog-text slog-json klog zap zap-dev logrus; do
		./goapp $kind >"$out/go-$kind.log" 2>&1
	done
	GOTRACEBACK=all ./goapp panic >"$out/go-panic.log" 2>&1
}

rust_logs() {
	mkdir -p rust/src rust/.cargo && cp app.rs rust/src/main.rs
	cat >rust/Cargo.toml <<-END
		[package]
		name = "app"
		version = "1.0.0"
		edition = "2021"
		[dependencies]
		log = "0.4"
		env_logger = "0.9"
		tracing = "0.1"
		tracing-subscriber = { version = "0.3", features = ["json"] }
	END
	cat >rust/.cargo/config.toml <<-END
		[source.crates-io]
		replace-with = "debian"
		[source.debian]
		directory = "/usr/share/cargo/registry"
	END
	(cd rust && cargo build --offline --quiet) || return
	for kind in env-logger env-logger-us tracing tracing-json; do
		rust/target/debug/app $kind >"$out/rust-$kind.log"
	done
	RUST_BACKTRACE=1 rust/target/debug/app panic >"$out/rust-panic.log" 2>&1
}

node_logs() {
	for kind in winston nested ts; do
		node app.js $kind >"$out/node-$kind.log"
	done
	node app.js error >"$out/node-error.log" 2>&1
	[ -d node_modules/pino ] && node app.js pino >"$out/node-pino.log"
}

c_logs() {
	# TSan cannot cope with the largest randomisation of addresses that newer kernels use.
	local norandom='setarch -R'
	for kind in asan leak ubsan tsan; do
		case $kind in asan | leak) s=address ;; ubsan) s=undefined ;; tsan) s=thread ;; esac
		gcc -g -O1 -fno-inline -fsanitize=$s -o fault-$kind fault.c -lpthread >/dev/null 2>&1
		clang -g -O1 -fno-inline -fsanitize=$s -o fault-$kind-clang fault.c -lpthread >/dev/null 2>&1
		$norandom ./fault-$kind $kind >"$out/$kind-gcc.log" 2>&1
		$norandom ./fault-$kind-clang $kind >"$out/$kind-clang.log" 2>&1
	done
	g++ -g -O1 -o cxx app.cc -lglog -lpthread || return
	./cxx glog 2>"$out/glog.log"
	./cxx terminate >"$out/cxx-terminate.log" 2>&1
	./cxx wait >/dev/null &
	sleep .5
	gdb -q -batch -ex 'thread apply all bt' -p $! 2>/dev/null >"$out/gdb-threads.log"
	eu-stack -p $! >"$out/eu-stack.log"
	kill $!
}

web_logs() {
	mkdir -p web/www web/run web/lib web/client && echo hello >web/www/index.html
	cat >web/nginx.conf <<-END
		user root;
		worker_processes 2;
		pid /srv/app/web/run/nginx.pid;
		error_log /srv/app/web/nginx-error.log info;
		events { worker_connections 64; }
		http {
			access_log /srv/app/web/nginx-access.log combined;
			client_body_temp_path /srv/app/web/client;
			proxy_temp_path /srv/app/web/client;
			server {
				listen 127.0.0.1:8080;
				root /srv/app/web/www;
				location /api { proxy_pass http://127.0.0.1:9; }
			}
		}
	END
	cat >web/apache.conf <<-END
		ServerName node1
		Listen 127.0.0.1:8081
		PidFile /srv/app/web/run/apache.pid
		ServerRoot /etc/apache2
		$(for m in mpm_event authz_core dir alias; do echo "LoadModule ${m}_module /usr/lib/apache2/modules/mod_$m.so"; done)
		StartServers 1
		DocumentRoot /srv/app/web/www
		LogLevel info
		LogFormat "%h %l %u %t \"%r\" %>s %O" common
		LogFormat "%h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" combined
		ErrorLog /srv/app/web/apache-error.log
		CustomLog /srv/app/web/apache-access.log combined
		CustomLog /srv/app/web/apache-common.log common
		<Location /secret>
			Require all denied
		</Location>
		DirectoryIndex index.html
	END
	export TZ=America/St_Johns
	nginx -p /srv/app/web -c /srv/app/web/nginx.conf -e /srv/app/web/nginx-error.log
	apache2 -f /srv/app/web/apache.conf -k start
	sleep 1
	for port in 8080 8081; do
		for i in 1 2 3 4 5 6; do
			curl -s -A "client/$i.0" -o /dev/null 127.0.0.1:$port/
			curl -s -e http://node1/ -o /dev/null "127.0.0.1:$port/order/$i?id=$i&full=%22yes%22"
			curl -s -o /dev/null -d size=$i 127.0.0.1:$port/api/orders
			curl -s -u alice:x -o /dev/null 127.0.0.1:$port/secret
		done
	done
	kill -QUIT "$(cat web/run/nginx.pid)"
	apache2 -f /srv/app/web/apache.conf -k stop
	sleep 1
	unset TZ
	cp web/nginx-access.log web/apache-*.log "$out/"
	grep -v 'OS: Linux' web/nginx-error.log >"$out/nginx-error.log"	# the kernel is none of the reader's business
}

syslog_logs() {
	mkdir -p syslog
	cat >rsyslog.conf <<-END
		module(load="imuxsock" SysSock.Use="off")
		input(type="imuxsock" Socket="/srv/app/syslog/log" UseSpecialParser="off" ParseHostname="on" ruleset="new")
		input(type="imuxsock" Socket="/srv/app/syslog/log3164" ruleset="old")
		template(name="pri" type="string" string="<%PRI%>%TIMESTAMP% %HOSTNAME% %syslogtag%%msg%\n")
		ruleset(name="old") {
			action(type="omfile" file="/srv/app/syslog/rfc3164" template="RSYSLOG_TraditionalFileFormat")
			action(type="omfile" file="/srv/app/syslog/rfc3164-pri" template="pri")
			action(type="omfile" file="/srv/app/syslog/iso" template="RSYSLOG_FileFormat")
			call new
		}
		ruleset(name="new") {
			action(type="omfile" file="/srv/app/syslog/rfc5424" template="RSYSLOG_SyslogProtocol23Format")
		}
	END
	TZ=Europe/Helsinki rsyslogd -n -f /srv/app/rsyslog.conf -i /srv/app/syslog/pid &
	daemon=$!
	sleep 1
	say() { TZ=Europe/Helsinki logger -u syslog/log3164 "$@"; }
	for i in 1 2 3 4 5 6 7; do
		say -t sshd --id=$((600 + i)) -p auth.info "Accepted publickey for user$i from 10.0.0.$i port $((40000 + i)) ssh2"
		say -t CRON --id=$((700 + i)) -p cron.notice "(root) CMD (test -x /usr/sbin/anacron || run-parts --report /etc/cron.d$i)"
		say -t orders-api -p daemon.err "order $i: connection to db$i:5432 refused"
		say -t kernel -p kern.warn "eth$i: link is not ready"
		TZ=Europe/Helsinki logger --rfc5424 --sd-id order@32473 --sd-param "id=\"$i\"" --sd-param 'state="new"' -u syslog/log \
			--msgid STORE -t orders --id=$((800 + i)) -p local0.notice "order $i stored"
	done
	sleep 1
	kill $daemon
	wait $daemon
	for f in rfc3164 rfc3164-pri rfc5424 iso; do cp syslog/$f "$out/syslog-$f.log"; done
}

journal_logs() {
	python3 "$here"/generate.py journal >entries
	/lib/systemd/systemd-journal-remote -o /srv/app/x.journal entries >/dev/null 2>&1 || return
	for f in export json short short-iso short-precise short-full short-unix; do
		zone=Asia/Kolkata
		[ $f = short-full ] && zone=UTC	# it prints the zone's name
		TZ=$zone journalctl --file /srv/app/x.journal -q --no-pager -o $f >"$out/journal-$f.log"
	done
}

kernel_logs() {	# lines that tell of this machine's set-up are left out
	dmesg >/dev/null 2>&1 || return
	some() { grep -E 'Memory:|rcu|PCI|TCP|NET|SELinux|clocksource|cpu|Freeing|EXT4|random:|workqueue|DMA|zone|pid_max' |
		grep -viE 'command line|version|=' | head -40; }
	dmesg | some >"$out/dmesg.log"
	dmesg -x | some >"$out/dmesg-levels.log"
	dmesg -T | some >"$out/dmesg-ctime.log"
	TZ=Asia/Kolkata dmesg --time-format iso | some >"$out/dmesg-iso.log"
	dmesg -r | some >"$out/dmesg-raw.log"
}

daemon_logs() {
	mkdir -p redis named pg
	redis-server --port 0 --unixsocket /srv/app/redis/sock --dir /srv/app/redis --daemonize no --save 1 1 \
		>"$out/redis.log" &
	sleep 1
	redis-cli -s redis/sock set order 7 >/dev/null
	sleep 2
	redis-cli -s redis/sock shutdown >/dev/null
	wait $!
	cat >named/named.conf <<-END
		options { directory "/srv/app/named"; pid-file "/srv/app/named/pid"; session-keyfile none;
			listen-on port 5353 { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; dnssec-validation no; };
		controls { };
		zone "example.org" { type primary; file "example.org"; };
		zone "broken.example" { type primary; file "missing"; };
		logging { channel c { file "/srv/app/named/log"; print-time yes; print-severity yes; print-category yes; };
			category default { c; }; };
	END
	printf '@ 60 IN SOA ns a. 1 60 60 60 60\n@ 60 IN NS ns\nns 60 IN A 127.0.0.1\n' >named/example.org
	timeout -s TERM 2 named -f -c /srv/app/named/named.conf
	tail -n 50 named/log >"$out/named.log"
	chown postgres pg
	chmod 755 /srv/app
	as() { setpriv --reuid=postgres --regid=postgres --clear-groups --reset-env "$@"; }
	pg=/usr/lib/postgresql/15/bin
	as $pg/initdb -D pg/data -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
	as $pg/pg_ctl -D pg/data -w -l pg/log start -o "-c listen_addresses= -c unix_socket_directories=/srv/app/pg" >/dev/null
	for i in 1 2 3; do
		as $pg/psql -h /srv/app/pg postgres -c "select * from orders$i" >/dev/null 2>&1
		as $pg/psql -h /srv/app/pg postgres -c "create table t$i (n int primary key); insert into t$i values (1), (1)" >/dev/null 2>&1
	done
	as $pg/pg_ctl -D pg/data -w stop >/dev/null
	cp pg/log "$out/postgres.log"
}

plain_logs() {
	printf 'all: a.o b.o\n\tcc -o app a.o b.o\n%%.o: %%.c\n\tcc -Wall -Wextra -c $<\n' >Makefile
	echo 'int f(int a) { int unused; return 1; }' >a.c
	printf 'int main(void)\n{\n\tretrun 0;\n}\n' >b.c
	make -k >"$out/make.log" 2>&1
	/usr/bin/python3 - >"$out/progress.log" <<-'END'
		import sys
		for name in ("orders", "stock"):
		    for done in range(0, 101, 10):
		        sys.stdout.write("\rcopying %s: %3d%%" % (name, done))
		    sys.stdout.write("\n")
		    sys.stdout.write("\x1b[1;32mOK\x1b[0m: %s is complete\n" % name)
	END
	/usr/bin/python3 app.py full | sed -E \
		-e 's/(ERROR|CRITICAL)/\x1b[31m\1\x1b[0m/' -e 's/(INFO|DEBUG)/\x1b[32m\1\x1b[0m/' >"$out/python-colour.log"
}

all='python java go rust node c web syslog journal kernel daemon plain'
if [ "${1-}" = --inside ]; then
	out=$2
	modules=$3
	shift 3
	hostname node1
	ip link set lo up
	mount -t tmpfs tmpfs /srv
	echo '127.0.0.1 localhost node1' >/srv/hosts
	mount --bind /srv/hosts /etc/hosts
	mkdir /srv/app
	cd /srv/app || exit 4
	cp "$here"/programs/* .
	[ -d "$modules" ] && cp -r "$modules" node_modules
	for part; do
		${part}_logs
	done
	exit 0
fi
# shellcheck disable=SC2068 # $all is a list
unshare --mount --net --uts --ipc --pid --mount-proc --fork --kill-child "$here"/record.sh --inside "$here" \
	"${NODE_MODULES-}" ${@:-$all}
