#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Records good.log, good2.log and bad.log of an Apache ZooKeeper server anew. README.md says what they show.
#
#   apt-get install zookeeper python3-kazoo openjdk-17-jdk-headless
#   ./record.sh [OUTPUT_DIRECTORY]		(as root, or where unprivileged user namespaces are allowed)
#
# Every run has its own mount, network, UTS and process namespace: the server listens on a loopback that
# nobody else sees, its disks are small tmpfs mounts that vanish with it, the host is always called "zk1"
# and the paths are always the same (/srv/zk), so nothing of the machine gets into the logs and no line
# has to be edited. All loops are bounded; the namespace's end takes every process with it.
set -eu

jars=/usr/share/java
here=$(cd "$(dirname "$0")" && pwd)

# The server with its options spelled out. $1 = good or bad.
server() {
	# The one difference between the runs: in the bad one the option's name is misspelt, so ZooKeeper
	# ignores it and writes its snapshots uncompressed.
	local compression=-Dzookeeper.snapshot.compression.method=gz
	if [ "$1" = bad ]; then
		compression=-Dzookeeper.snapshot.compresion.method=gz
	fi
	# Small files and many snapshots, so that a few seconds show what takes weeks otherwise.
	exec java -Xmx128m -XX:-UsePerfData $compression \
		-Dzookeeper.snapCount=150 -Dzookeeper.preAllocSize=64 \
		-Dzookeeper.admin.enableServer=false \
		-Dlog4j.configuration=file:/srv/zk/log4j.properties \
		-Dzookeeper.jmx.log4j.disable=true \
		-Duser.home=/srv/zk -Duser.name=zookeeper -Dos.version=6.1.0 \
		-cp "/srv/zk/classes:$jars/zookeeper.jar:$jars/slf4j-log4j12.jar:$jars/log4j-1.2.jar" \
		Server /srv/zk/zoo.cfg
}

inside() {	# in the namespaces: $1 = good or bad, $2 = where the log goes
	mkdir -p "$2"
	exec 3>"$2"/server.log
	hostname zk1
	echo '127.0.0.1 localhost zk1' >"$2"/hosts
	mount --bind "$2"/hosts /etc/hosts
	ip link set lo up
	mount -t tmpfs tmpfs /srv
	mkdir -p /srv/zk/data
	mount -t tmpfs -o size=1400k tmpfs /srv/zk/data
	cat >/srv/zk/zoo.cfg <<-END
		tickTime=500
		dataDir=/srv/zk/data
		clientPort=2181
		clientPortAddress=127.0.0.1
		autopurge.snapRetainCount=3
	END
	cat >/srv/zk/log4j.properties <<-END
		log4j.rootLogger=INFO, FILE
		log4j.logger.org.apache.zookeeper.server=DEBUG
		log4j.appender.FILE=org.apache.log4j.FileAppender
		log4j.appender.FILE.File=/srv/zk/zookeeper.log
		log4j.appender.FILE.layout=org.apache.log4j.PatternLayout
		log4j.appender.FILE.layout.ConversionPattern=%d{ISO8601} [myid:%X{myid}] - %-5p [%t:%C{1}@%L] - %m%n
	END
	n=0	# five chatty messages less, or the logs are three times as long
	for text in 'Permission requested' 'ACLs for node' 'Client credentials' Digest 'Processing ACL'; do
		n=$((n + 1))
		cat >>/srv/zk/log4j.properties <<-END
			log4j.appender.FILE.filter.$n=org.apache.log4j.varia.StringMatchFilter
			log4j.appender.FILE.filter.$n.StringToMatch=$text
			log4j.appender.FILE.filter.$n.AcceptOnMatch=false
		END
	done
	cd /srv/zk
	javac -cp $jars/zookeeper.jar -d classes "$here"/Server.java 2>/dev/null
	server "$1" >/srv/zk/out 2>&1 &
	pid=$!
	for _ in $(seq 100); do	# up to ten seconds
		grep -q ContainerManager zookeeper.log 2>/dev/null && break
		sleep .1
	done
	timeout 100 /usr/bin/python3 "$here"/client.py >&2 || echo "client: exit code $?" >&2
	kill -TERM $pid 2>/dev/null || true
	wait $pid || echo "server: exit code $?" >&2
	ls -s /srv/zk/data/version-2 >&2
	cat /srv/zk/zookeeper.log >&3
}

if [ "${1-}" = --inside ]; then
	inside "$2" "$3"
	exit
fi
out=${1:-$here}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for run in good good2 bad; do
	unshare --map-root-user --mount --net --uts --ipc --pid --mount-proc --fork --kill-child \
		"$here"/record.sh --inside ${run%2} "$tmp"
	mv "$tmp"/server.log "$out/$run.log"
done
