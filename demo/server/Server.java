// SPDX-License-Identifier: GPL-3.0-or-later
// ZooKeeper's stand-alone server, closed in order when the process is asked to end (its own main just dies).
import org.apache.zookeeper.server.ZooKeeperServerMain;

class Server {
	static class Main extends ZooKeeperServerMain {
		void run(String[] args) throws Exception {
			initializeAndRun(args);
		}
	}

	public static void main(String[] args) throws Exception {
		Main server = new Main();
		Runtime.getRuntime().addShutdownHook(new Thread(server::close, "shutdown"));
		server.run(args);
	}
}
