// SPDX-License-Identifier: GPL-3.0-or-later
/* Readers of measurements, tables and training runs: each sample is recognised, and gives what
 * stands beside it (see metrics.h). */
#include "metrics.h"

static void test_perf_stat(void **state)
{
	static const struct sample cases[] = {
		{"perf-stat", "report",
		 "\n"
		 " Performance counter stats for './a b' (4 runs):\n"
		 "\n"
		 "          1.234.567      cycles                    #    3,456 GHz                "
		 "      ( +-  0,50% )  (83,32%)\n"
		 "              2,07 msec  task-clock                #    0,046 CPUs utilized      "
		 "      ( +-  1,00% )\n"
		 "     <not counted>      cache-misses                                             "
		 "     (0,00%)\n"
		 " S0        4     1,000      branches\n"
		 "                                                  #     12.5  insn per cycle\n"
		 "\n"
		 "           0,05000 +- 0,00250 seconds time elapsed  ( +-  5,00% )\n"
		 "\n",
		 "perf.command = './a b'\n"
		 "perf.cycles = 1234567i < n=4 sd=1.235e+04\n"
		 "perf.cycles.running = 0.8332\n"
		 "perf.cycles.rate = 3.456e+09 1/s\n"
		 "perf.task-clock = 0.00207 s < n=4 sd=4.14e-05\n"
		 "perf.task-clock.CPUs utilized = 0.046\n"
		 "perf.S0.branches = 1000i n=4\n"
		 "perf.branches.insn per cycle = 12.5\n"
		 "perf.elapsed = 0.05 s < n=4 sd=0.005\n"
		 "note 6: 1 event was not counted on that machine, or not supported: "
		 "cache-misses\n"},
		{"perf-stat", "report",
		 "# started on Sun Nov 22 10:01:17 2026\n"
		 "\n"
		 "1016484|ns|duration_time|1016484|100.00||\n"
		 "S0|4|54||context-switches|11.16%|1016484|50.00|27.0|K/sec\n"
		 "<not supported>||cycles|0|100.00||\n",
		 "perf.duration_time = 0.001016484 s <\n"
		 "perf.S0.context-switches = 54i n=0\n"
		 "perf.S0.context-switches.running = 0.5\n"
		 "perf.S0.context-switches.rate = 27000 1/s\n"
		 "note 5: 1 event was not counted on that machine, or not supported: cycles\n"},
		{"perf-stat", "report",
		 "0.100,10,,page-faults,1000,100.00,,\n"
		 "0.200,20,,page-faults,1000,100.00,,\n",
		 "perf.page-faults(s) < 0.1:10 0.2:20\n"},
		{"perf-stat", "report",
		 "{\"counter-value\" : \"1.5\", \"unit\" : \"msec\", \"event\" : \"task-clock\", "
		 "\"variance\" : 2.5, \"event-runtime\" : 1500000, \"pcnt-running\" : 100.00, "
		 "\"metric-value\" : \"0.5\", \"metric-unit\" : \"CPUs utilized\"}\n"
		 "{\"socket\" : \"S1\", \"counter-value\" : \"9223372036854775807\", \"unit\" : "
		 "\"\", \"event\" : \"cycles\", \"event-runtime\" : 5, \"pcnt-running\" : 25.00}\n"
		 "{\"counter-value\" : \"<not counted>\", \"event\" : \"x\"}\n"
		 "{\"counter-value\" : }\n",
		 "perf.task-clock = 0.0015 s < n=0\n"
		 "perf.task-clock.CPUs utilized = 0.5\n"
		 "perf.S1.cycles = 9223372036854775807i <\n"
		 "perf.S1.cycles.running = 0.25\n"
		 "note 4: line 4: JSON: a value is missing\n"
		 "note 3: 1 event was not counted on that machine, or not supported: x\n"},
	};

	CHECK_ALL(cases);
}

static void test_valgrind(void **state)
{
	static const struct sample cases[] = {
		{"valgrind", "report",
		 "==12== Memcheck, a memory error detector\n"
		 "==12== Command: ./a\n"
		 "==12== \n"
		 "==12== HEAP SUMMARY:\n"
		 "==12==     in use at exit: 1,040 bytes in 2 blocks\n"
		 "==12==   total heap usage: 3 allocs, 1 frees, 2,048 bytes allocated\n"
		 "==12== LEAK SUMMARY:\n"
		 "==12==    definitely lost: 40 bytes in 1 blocks\n"
		 "==13== Command: ./child\n"
		 "==13== ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)\n"
		 "==12== ERROR SUMMARY: 2 errors from 1 contexts (suppressed: 0 from 0)\n",
		 "valgrind.command = './a'\n"
		 "valgrind.in_use_at_exit = 1040i bytes <\n"
		 "valgrind.in_use_at_exit.blocks = 2i <\n"
		 "valgrind.allocs = 3i <\n"
		 "valgrind.frees = 1i <\n"
		 "valgrind.allocated = 2048i bytes <\n"
		 "valgrind.definitely_lost = 40i bytes <\n"
		 "valgrind.definitely_lost.blocks = 1i <\n"
		 "1 valgrind.command = './child'\n"
		 "1 valgrind.errors = 0i <\n"
		 "1 valgrind.error_contexts = 0i <\n"
		 "valgrind.errors = 2i <\n"
		 "valgrind.error_contexts = 1i <\n"
		 "run 1 process 13\n"},
		{"valgrind", "report",
		 "desc: --massif-out-file=x\n"
		 "cmd: ls\n"
		 "time_unit: ms\n"
		 "#-----------\n"
		 "snapshot=0\n"
		 "#-----------\n"
		 "time=0\n"
		 "mem_heap_B=100\n"
		 "mem_heap_extra_B=20\n"
		 "mem_stacks_B=0\n"
		 "heap_tree=empty\n"
		 "snapshot=1\n"
		 "time=5\n"
		 "mem_heap_B=50\n"
		 "mem_heap_extra_B=0\n"
		 "mem_stacks_B=7\n",
		 "massif.peak = 120i bytes <\n"
		 "massif.total(ms) bytes < 0:120 5:57\n"},
		{"valgrind", "report",
		 "# callgrind format\n"
		 "version: 1\n"
		 "events: Ir Dr\n"
		 "fn=main\n"
		 "1 10 2\n"
		 "totals: 10 2\n",
		 "callgrind.Ir = 10i <\n"
		 "callgrind.Dr = 2i <\n"},
	};

	CHECK_ALL(cases);
}

static void test_time(void **state)
{
	static const struct sample cases[] = {
		{"time", "report",
		 "\tCommand being timed: \"sort x\"\n"
		 "\tUser time (seconds): 1.50\n"
		 "\tSystem time (seconds): 0.25\n"
		 "\tPercent of CPU this job got: 87%\n"
		 "\tElapsed (wall clock) time (h:mm:ss or m:ss): 1:02:03\n"
		 "\tMaximum resident set size (kbytes): 10\n"
		 "\tExit status: 1\n",
		 "time.command = 'sort x'\n"
		 "time.user = 1.5 s <\n"
		 "time.system = 0.25 s <\n"
		 "time.cpu = 87 %\n"
		 "time.elapsed = 3723 s <\n"
		 "time.max_rss = 10240i bytes <\n"
		 "time.exit_status = 1i\n"},
		{"time", "report",
		 "output of the command\n"
		 "\n"
		 "real\t1m2,500s\n"
		 "user\t0m1.250s\n"
		 "sys\t0m0.125s\n"
		 "\n"
		 "real\t1m4.500s\n"
		 "user\t0m1.250s\n"
		 "sys\t0m0.125s\n",
		 "time.elapsed = 63.5 s < n=2 sd=1.414\n"
		 "time.user = 1.25 s < n=2 sd=0\n"
		 "time.system = 0.125 s < n=2 sd=0\n"
		 "time.elapsed(repetition) s < 1:62.5 2:64.5\n"
		 "time.user(repetition) s < 1:1.25 2:1.25\n"
		 "time.system(repetition) s < 1:0.125 2:0.125\n"},
		{"time", "report", "make user  1.50s user 0.25s system 98% cpu 1.781 total\n",
		 "time.user = 1.5 s <\n"
		 "time.system = 0.25 s <\n"
		 "time.elapsed = 1.781 s <\n"},
		{"time", "report",
		 "1.50user 0.25system 1:02.50elapsed 90%CPU (0avgtext+0avgdata 2048maxresident)k\n"
		 "8inputs+16outputs (1major+86minor)pagefaults 0swaps\n",
		 "time.user = 1.5 s <\n"
		 "time.system = 0.25 s <\n"
		 "time.elapsed = 62.5 s <\n"
		 "time.cpu = 90 %\n"
		 "time.max_rss = 2097152i bytes <\n"
		 "time.fs_inputs = 8i\n"
		 "time.fs_outputs = 16i\n"
		 "time.major_faults = 1i <\n"
		 "time.minor_faults = 86i <\n"
		 "time.swaps = 0i\n"},
		{"time", "report", "0.001u 0.004s 0:01.50 0.0%\t0+0k 0+0io 0pf+0w\n",
		 "time.user = 0.001 s <\n"
		 "time.system = 0.004 s <\n"
		 "time.elapsed = 1.5 s <\n"},
		{"time", "report",
		 "________________________________________________________\n"
		 "Executed in    1.50 secs      fish           external\n"
		 "   usr time  250.00 millis    0.10 millis  249.90 millis\n"
		 "   sys time  500.00 micros    0.00 micros  500.00 micros\n",
		 "time.elapsed = 1.5 s <\n"
		 "time.user = 0.25 s <\n"
		 "time.system = 0.0005 s <\n"},
	};

	CHECK_ALL(cases);
}

static void test_coverage(void **state)
{
	static const struct sample cases[] = {
		{"coverage", "report",
		 "            |Lines       |Functions  |Branches    \n"
		 "Filename    |Rate     Num|Rate    Num|Rate     Num\n"
		 "a.c         |66.7%      3|50.0%     2|    -      0\n"
		 "      Total:|66.7%      3|50.0%     2|    -      0\n",
		 "coverage.lines = 0.6666667 >\ncoverage.lines.hit = 2i >\ncoverage.lines.found = "
		 "3i\n"
		 "coverage.functions = 0.5 >\ncoverage.functions.hit = 1i >\n"
		 "coverage.functions.found = 2i\n"},
		{"coverage", "report",
		 "TN:\nSF:a.c\nFN:1,f\nFNDA:0,f\nFN:2,g\nFNDA:4,g\nBRDA:2,0,0,1\nBRDA:2,0,1,-\n"
		 "DA:1,0\nDA:2,4\nend_of_record\n",
		 "coverage.lines = 0.5 >\ncoverage.lines.hit = 1i >\ncoverage.lines.found = 2i\n"
		 "coverage.functions = 0.5 >\ncoverage.functions.hit = 1i >\n"
		 "coverage.functions.found = 2i\n"
		 "coverage.branches = 0.5 >\ncoverage.branches.hit = 1i >\n"
		 "coverage.branches.found = 2i\n"},
		{"coverage", "report",
		 "TN:\n"
		 "SF:/a.c\n"
		 "FNF:2\n"
		 "FNH:1\n"
		 "DA:1,5\n"
		 "DA:2,0\n"
		 "LF:2\n"
		 "LH:1\n"
		 "BRF:4\n"
		 "BRH:3\n"
		 "end_of_record\n"
		 "SF:/b.c\n"
		 "DA:1,1\n"
		 "DA:2,0,abc\n"
		 "DA:3,=====\n",
		 "coverage.lines = 0.4 >\n"
		 "coverage.lines.hit = 2i >\n"
		 "coverage.lines.found = 5i\n"
		 "coverage.functions = 0.5 >\n"
		 "coverage.functions.hit = 1i >\n"
		 "coverage.functions.found = 2i\n"
		 "coverage.branches = 0.75 >\n"
		 "coverage.branches.hit = 3i >\n"
		 "coverage.branches.found = 4i\n"
		 "note 15: the last record has no end: the file is cut off\n"},
		{"coverage", "report",
		 "Overall coverage rate:\n"
		 "  lines......: 85.7% (12 of 14 lines)\n"
		 "  functions..: 100.0% (2 of 2 functions)\n"
		 "  branches...: no data found\n",
		 "coverage.lines = 0.8571429 >\n"
		 "coverage.lines.hit = 12i >\n"
		 "coverage.lines.found = 14i\n"
		 "coverage.functions = 1 >\n"
		 "coverage.functions.hit = 2i >\n"
		 "coverage.functions.found = 2i\n"},
		{"coverage", "report",
		 "File 'a.c'\n"
		 "Lines executed:50.00% of 4\n"
		 "Branches executed:100.00% of 2\n"
		 "Taken at least once:50.00% of 2\n"
		 "Creating 'a.c.gcov'\n"
		 "\n"
		 "File 'b.c'\n"
		 "Lines executed:100.00% of 6\n"
		 "\n"
		 "Lines executed:80.00% of 10\n",
		 "coverage.lines = 0.8 >\n"
		 "coverage.lines.hit = 8i >\n"
		 "coverage.lines.found = 10i\n"
		 "coverage.branches = 0.5 >\n"
		 "coverage.branches.hit = 1i >\n"
		 "coverage.branches.found = 2i\n"},
		{"coverage", "report",
		 "Filename      Regions    Missed Regions     Cover   Functions  Missed Functions  "
		 "Executed       Lines      Missed Lines     Cover\n"
		 "---\n"
		 "a.c                10                 2    80.00%           3                 1  "
		 "  66.67%          20                 5    75.00%\n"
		 "---\n"
		 "TOTAL              10                 2    80.00%           3                 1  "
		 "  66.67%          20                 5    75.00%\n",
		 "coverage.lines = 0.75 >\n"
		 "coverage.lines.hit = 15i >\n"
		 "coverage.lines.found = 20i\n"
		 "coverage.functions = 0.6666667 >\n"
		 "coverage.functions.hit = 2i >\n"
		 "coverage.functions.found = 3i\n"
		 "coverage.regions = 0.8 >\n"
		 "coverage.regions.hit = 8i >\n"
		 "coverage.regions.found = 10i\n"},
		{"coverage", "report",
		 "Name      Stmts   Miss  Cover\n"
		 "-----------------------------\n"
		 "a.py         10      2    80%\n"
		 "-----------------------------\n"
		 "TOTAL        10      2    80%\n",
		 "coverage.lines = 0.8 >\n"
		 "coverage.lines.hit = 8i >\n"
		 "coverage.lines.found = 10i\n"},
	};

	CHECK_ALL(cases);
}

static void test_table(void **state)
{
	static const struct sample cases[] = {
		{"table", "report",
		 "epoch,accuracy,loss,lr,phase\n"
		 "0,0.5,2.5,0.1,train\n"
		 "1,NA,nan,0.1,train\n"
		 "2,0.75,-inf,0.1,train\n",
		 "phase = 'train'\n"
		 "accuracy(epoch) > 0:0.5 2:0.75\n"
		 "loss(epoch) < 0:2.5 1:nan 2:-inf\n"
		 "lr(epoch) 0:0.1 1:0.1 2:0.1\n"},
		{"table", "report",
		 "epoch,step,train_loss,val_acc\n"
		 "0,0,1.5,\n"
		 "0,5,1.25,\n"
		 "0,9,,0.5\n",
		 "epoch(step) 0:0 5:0 9:0\n"
		 "train_loss(step) < 0:1.5 5:1.25\n"
		 "val_acc(step) > 9:0.5\n"},
		{"table", "report",
		 "name\tlatency (ms)\tcount\tok\n"
		 "a\t1.5\t9223372036854775807\tyes\n"
		 "b\t2.5\t9223372036854775808\tno\n",
		 "name = 'a'\n"
		 "latency = 0.0015 s <\n"
		 "count = 9223372036854775807i\n"
		 "ok = 'yes'\n"
		 "1 name = 'b'\n"
		 "1 latency = 0.0025 s <\n"
		 "1 count = 9.223372e+18\n"
		 "1 ok = 'no'\n"
		 "run 1 b\n"},
		{"table", "a.csv",
		 "name;value;value\n"
		 "x;1,5;2\n",
		 "name = 'x'\n"
		 "value = 1.5\n"
		 "value#3 = 2i\n"
		 "note 1: two columns are called value\n"},
		{"table", "history.csv",
		 ",loss,acc\n"
		 "0,0.5,0.25\n"
		 "1,0.25,0.5\n",
		 "loss(row) < 0:0.5 1:0.25\n"
		 "acc(row) > 0:0.25 1:0.5\n"},
		{"table", "report",
		 "# made by a trainer\n"
		 "run,step,loss\n"
		 "a,1,0.5\n"
		 "b,1,0.75\n"
		 "a,2,0.25\n",
		 "loss(step) < 1:0.5 2:0.25\n"
		 "1 loss(step) < 1:0.75\n"
		 "run 1 b\n"},
		{"table", "cut.csv",
		 "step,loss\n"
		 "1,0.5\n"
		 "2,0.25,7\n"
		 "3,\"0.12\n",
		 "loss(step) < 1:0.5 2:0.25\n"
		 "note 4: the rest cannot be read: line 4: quotes do not close\n"
		 "note 3: 1 row has not as many cells as there are names\n"},
	};

	CHECK_ALL(cases);
}

static void test_jsonl(void **state)
{
	static const struct sample cases[] = {
		{"jsonl", "report",
		 "{\"step\":1,\"loss\":0.5,\"opt\":{\"lr\":0.1},\"note\":\"x\"}\n"
		 "{\"step\":2,\"loss\":NaN,\"opt\":{\"lr\":0.2},\"grads\":[1,2]}\n"
		 "{\"step\":3,\"loss\":Infinity}\n"
		 "{\"step\":4,\"lo\n",
		 "note = 'x'\n"
		 "loss(step) < 1:0.5 2:nan 3:inf\n"
		 "opt.lr(step) 1:0.1 2:0.2\n"
		 "note 4: the line is cut off\n"
		 "note 0: 1 array is left out\n"},
		{"jsonl", "report",
		 "{\"name\":\"a\",\"params\":{\"n\":1},\"acc\":0.5}\n"
		 "{\"name\":\"b\",\"params\":{\"n\":2},\"acc\":0.75}\n",
		 "name = 'a'\n"
		 "params.n = 1i\n"
		 "acc = 0.5 >\n"
		 "1 name = 'b'\n"
		 "1 params.n = 2i\n"
		 "1 acc = 0.75 >\n"
		 "run 1 b\n"},
		{"jsonl", "run/metrics.json",
		 "{\"accuracy\":0.5,\"nested\":{\"f1\":0.25},\"loss\":[0.5,0.25]}\n",
		 "accuracy = 0.5 >\n"
		 "nested.f1 = 0.25 >\n"
		 "loss(index) < 0:0.5 1:0.25\n"},
	};

	CHECK_ALL(cases);
}

static void test_trainer_state(void **state)
{
	static const struct sample cases[] = {
		{"trainer-state", "trainer_state.json",
		 "{\"best_metric\":0.5,\"epoch\":2.0,\"global_step\":20,\"is_world_process_zero\":"
		 "true,\"log_history\":[\n"
		 " {\"epoch\":1.0,\"loss\":1.5,\"learning_rate\":5e-05,\"step\":10},\n"
		 " {\"epoch\":1.0,\"eval_loss\":1.25,\"eval_runtime\":2.5,\"step\":10},\n"
		 " {\"epoch\":2.0,\"loss\":1.0,\"step\":20},\n"
		 " {\"epoch\":2.0,\"train_runtime\":12.5,\"train_samples_per_second\":80.5,\"train_"
		 "loss\":1.25,\"step\":20},\n"
		 " {\"loss\":3}\n"
		 " ],\"max_steps\":20}\n",
		 "best_metric = 0.5\n"
		 "epoch = 2\n"
		 "global_step = 20i\n"
		 "is_world_process_zero = 'true'\n"
		 "max_steps = 20i\n"
		 "train_runtime = 12.5 s <\n"
		 "train_samples_per_second = 80.5 1/s >\n"
		 "train_loss = 1.25 <\n"
		 "epoch(step) 10:1 10:1 20:2\n"
		 "loss(step) < 10:1.5 20:1\n"
		 "learning_rate(step) 10:5e-05\n"
		 "eval_loss(step) < 10:1.25\n"
		 "eval_runtime(step) s < 10:2.5\n"
		 "note 6: an entry without step\n"},
		{"trainer-state", "report",
		 "{\"log_history\":[{\"loss\":1.5,\"step\":10},{\"loss\":1.25,\"st",
		 "loss(step) < 10:1.5\n"
		 "note 1: the document is cut off here\n"
		 "note 1: an entry without step\n"},
	};

	CHECK_ALL(cases);
}

/* ---- folders, patterns ---- */

static const struct import_file mlruns[] = {
	{STR("mlruns/0/meta.yaml"),
	 STR("artifact_location: file:///x/mlruns/0\nexperiment_id: '0'\n")},
	{STR("mlruns/0/tags/note"), STR("of the experiment")},
	{STR("mlruns/0/aa/meta.yaml"),
	 STR("artifact_uri: file:///x\nend_time: 1700000001500\nlifecycle_stage: active\n"
	     "run_id: aa\nrun_name: 'first'\nstart_time: 1700000000000\nstatus: 3\n")},
	{STR("mlruns/0/aa/params/lr"), STR("0.1")},
	{STR("mlruns/0/aa/params/model"), STR("small\n")},
	{STR("mlruns/0/aa/params/empty"), STR("")},
	{STR("mlruns/0/aa/metrics/loss"),
	 STR("1700000000000 1.5 0\n1700000000100 nan 1\nbroken\n1700000000200 0.5 2\n")},
	{STR("mlruns/0/aa/metrics/val/acc"), STR("1700000000300 0.75 0\n")},
	{STR("mlruns/0/aa/tags/mlflow.runName"), STR("better name")},
	{STR("mlruns/0/aa/tags/mlflow.user"), STR("me")},
	{STR("mlruns/0/aa/tags/why"), STR("baseline")},
	{STR("mlruns/0/aa/artifacts/metrics/x"), STR("1 2 3\n")},
	{STR("mlruns/0/bb/metrics/loss"), STR("1700000000000 2.5\n")},
	{STR("mlruns/0/cc/meta.yaml"), STR("run_uuid: cc\nlifecycle_stage: deleted\n")},
	{STR("mlruns/0/cc/params/lr"), STR("0.2")},
};

static void test_mlruns(void **state)
{
	CLEANUP_BUF struct buf got = {0};
	const struct import_reader *r = import_reader_named("mlruns");
	struct import im;
	struct err err = {0};

	for (size_t i = 0; i < ARRAY_SIZE(mlruns); i++) {
		bool sure = i == 0 || i == 2 || i == 7 || i == 6 || i == 12;

		assert_ptr_equal(import_recognise(mlruns[i].path, mlruns[i].data), sure ? r : NULL);
	}
	import_init(&im);
	assert_int_equal(import_read(&im, r, mlruns, ARRAY_SIZE(mlruns), &err), 0);
	render(&im, &got);
	assert_string_equal(buf_cstr(&got), "mlflow.status = 'FINISHED'\n"
					    "mlflow.duration = 1.5 s <\n"
					    "params.lr = 0.1\n"
					    "params.model = 'small'\n"
					    "val/acc = 0.75 >\n"
					    "tags.why = 'baseline'\n"
					    "1 loss = 2.5 <\n"
					    "loss(step) < 0:1.5 1:nan 2:0.5\n"
					    "run 1 bb\n"
					    "note 0: the run cc was deleted: left out\n"
					    "note 3: loss: no line \"timestamp value step\"\n"
					    "note 0: 1 files are empty\n");
	assert_str(im.runs[0], "better name");
	for (size_t i = 0; i < ARRAY_SIZE(mlruns); i++)
		assert_int_equal(im.file_runs[i], i < 2 || i > 12 ? IMPORT_NO_RUN : i == 12);
	import_release(&im);
}

static void test_pattern(void **state)
{
	static const struct {
		const char *regex, *text, *results;
	} cases[] = {
		{"loss=(?<loss>[0-9.]+)", "a\nloss=0.5 loss=0.25\nloss=0.125\n",
		 "loss(match) < 1:0.5 2:0.25 3:0.125\n"},
		{"step (?<step>\\d+): (?<acc>\\S+)", "step 10: 0.5\nstep 20: nan\nstep 30: x\n",
		 "acc(step) > 10:0.5 20:nan\nnote 0: 1 texts that are no numbers are left out\n"},
		{"(?<epoch>\\d+)/(?<step>\\d+) (?<x>\\d+)", "1/5 7\n1/6 8\n",
		 "epoch(step) 5:1 6:1\nx(step) 5:7 6:8\n"},
		{"took (?<time>[0-9.]+) by (?<who>\\w+)", "took 1.5 by me\n",
		 "time = 1.5 <\nwho = 'me'\n"},
		{"^(?<n>\\d)", "123\n", "n = 1i\n"},
		{"(?<n>\\d*)", "1\n2\n", "n(match) 1:1 3:2\n"},
		{"(?<n>\\d)", "none\n", "note 0: the pattern matches nothing\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_BUF struct buf got = {0};
		struct import im;
		struct err err = {0};

		import_init(&im);
		assert_int_equal(
			import_pattern(&im, str_of(cases[i].regex), str_of(cases[i].text), &err),
			0);
		render(&im, &got);
		assert_string_equal(buf_cstr(&got), cases[i].results);
		import_release(&im);
	}
}

/* ---- what is refused ---- */

static void test_refused(void **state)
{
	static const struct {
		const char *reader;
		struct str text;
		const char *why;
	} cases[] = {
		{"jmh", STR("[{\"primaryMetric\" 1}]"),
		 "line 1: JSON: a colon is missing after a key"},
		{"hyperfine", STR("{\"results\":[{\"command\":\"a\",\"mean\":tru}]}"),
		 "line 1: JSON: neither number nor word"},
		{"hyperfine", STR("command,mean,stddev,median,user,system,min,max\n\"a,1\n"),
		 "line 2: quotes do not close"},
		{"pytest-benchmark", STR(""), "line 1: no object of JSON"},
		{"benchmarkdotnet", STR("{\n1}"), "line 2: JSON: a key in quotes is missing"},
		{"bmf", STR("{\"a\":1 \"b\"}"),
		 "line 1: JSON: a comma or a closing bracket is missing"},
		{"action-benchmark", STR("[ ,]"), "line 1: JSON: a value is missing"},
		{"trainer-state", STR("x"), "line 1: no object of JSON"},
		{"vitest-bench", STR("x"), "line 1: no object of JSON"},
		{"google-benchmark", STR("{\"context\":1,\"benchmarks\":2,\"num_cpus\":x}"),
		 "line 1: JSON: neither number nor word"},
		{"table", STR("\n\n"), "line 1: no row of names"},
		{"table", STR("a,\"b\n"), "line 1: quotes do not close"},
		{"jsonl", STR("[1,2]"), "line 1: no object with metrics"},
		{"tensorboard", STR("012345678901234567890123456789"),
		 "record 1: the checksum of its length is wrong: no event file"},
		{"mlruns", STR("x"), "no run of MLflow is in it"},
		{"valgrind", STR("x"), "nothing of a tool of Valgrind is in it"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct import_reader *r = import_reader_named(cases[i].reader);
		struct import_file f = {STR("report"), cases[i].text};
		struct import im;
		struct err err = {0};

		assert_non_null(r);
		import_init(&im);
		assert_int_equal(import_read(&im, r, &f, 1, &err), -ERR_INPUT);
		assert_string_equal(err.msg, cases[i].why);
		assert_int_equal(im.nvariables + im.nseries + im.nnotes, 0);
		import_release(&im);
	}
}

static void test_pattern_refused(void **state)
{
	static const struct {
		const char *regex, *why;
	} cases[] = {
		{"loss=([0-9.]+)", "the regular expression names no group: write (?<loss>[0-9.]+)"},
		{"(", "regular expression, column 2: missing closing parenthesis"},
	};
	struct import im;
	struct err err = {0};

	import_init(&im);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(import_pattern(&im, str_of(cases[i].regex), STR("x"), &err),
				 -ERR_USAGE);
		assert_string_equal(err.msg, cases[i].why);
	}
	import_release(&im);
}

/* Logs and configurations are no metrics. */
static void test_not_recognised(void **state)
{
	static const struct import_file cases[] = {
		{STR("a.log"), STR("{\"level\":\"info\",\"msg\":\"a\",\"ms\":1}\n"
				   "{\"level\":\"info\",\"msg\":\"b\",\"ms\":2}\n")},
		{STR("build.json"), STR("{\"reason\":\"a\",\"n\":1}\n{\"fresh\":true,\"x\":2}\n")},
		{STR("package.json"), STR("{\"name\":\"x\",\"version\":1}\n")},
		{STR("text"), STR("one, two\nthree, four\n")},
		{STR("text"), STR("a,b\n1,2\n3,4,5\n")},
		{STR("text"), STR("user 5 logged in\nreal trouble\n")},
		{STR("text"), STR("time: 5\n")},
		{STR("empty"), STR("")},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_null(import_recognise(cases[i].path, cases[i].data));
}

/* What was read before stays, and runs of a second file have numbers of their own. */
static void test_second_file(void **state)
{
	struct import_file f = {STR("a.csv"), STR("name,ms\na,1\nb,2\n")};
	const struct import_reader *r = import_reader_named("table");
	struct import im;
	struct err err = {0};

	import_init(&im);
	assert_int_equal(import_read(&im, r, &f, 1, &err), 0);
	assert_int_equal(import_read(&im, r, &f, 1, &err), 0);
	assert_int_equal(im.nruns, 4);
	assert_int_equal(im.variables[7].run, 3);
	f.data = STR("run,step,loss\nx,1,1\ny,1,2\nx,2,3\n");
	assert_int_equal(import_read(&im, r, &f, 1, &err), 0);
	assert_int_equal(im.nruns, 6);
	assert_int_equal(im.series[0].run, 4);
	assert_int_equal(im.series[1].run, 5);
	assert_int_equal(im.series[0].n, 2);
	f.data = STR("\"");
	assert_int_equal(import_read(&im, r, &f, 1, &err), -ERR_INPUT);
	assert_int_equal(im.nruns, 6);
	import_release(&im);
}

/* ---- units, directions, numbers ---- */

static void test_units(void **state)
{
	static const struct {
		const char *unit, *base;
		double factor;
	} cases[] = {
		{"ns", "s", 1e-9},
		{"\u00b5s/op", "s", 1e-6},
		{"\u03bcs", "s", 1e-6},
		{"ops/ms", "1/s", 1e3},
		{"op/s", "1/s", 1},
		{"req/s", "1/s", 1},
		{"Melem/s", "1/s", 1e6},
		{"MB/sec", "bytes/s", 1e6},
		{"MiB/s", "bytes/s", 1048576},
		{"B/op", "bytes", 1},
		{"kbytes", "bytes", 1024},
		{"GHz", "1/s", 1e9},
		{"/sec", "1/s", 1},
		{" min ", "s", 60},
		{"allocs/op", "allocs/op", 0},
		{"apples", "apples", 0},
		{"", "", 0},
		{"k", "k", 0},
		{"s/s", "s/s", 0},
		{"km/h", "km/h", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct metric_unit u;
		bool known = metric_unit(str_of(cases[i].unit), &u);

		assert_int_equal(known, cases[i].factor > 0);
		assert_true(str_eq(u.base, str_of(cases[i].base)));
		assert_true(!known || fabs(u.factor / cases[i].factor - 1) < 1e-12);
	}
}

static void test_better(void **state)
{
	static const struct {
		const char *name, *base;
		enum better better;
	} cases[] = {
		{"train_loss", "", BETTER_LOWER},
		{"evalAccuracy", "", BETTER_HIGHER},
		{"loss/val_acc", "", BETTER_HIGHER},
		{"loss_scale", "", BETTER_UNKNOWN},
		{"items_per_second", "", BETTER_HIGHER},
		{"lr", "", BETTER_UNKNOWN},
		{"x", "s", BETTER_LOWER},
		{"x", "bytes", BETTER_LOWER},
		{"x", "1/s", BETTER_HIGHER},
		{"lossless", "", BETTER_UNKNOWN},
		{"F1", "", BETTER_HIGHER},
		{"hits@10", "", BETTER_HIGHER},
		{"timestamp", "", BETTER_UNKNOWN},
		{"", "", BETTER_UNKNOWN},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(metric_better(str_of(cases[i].name), str_of(cases[i].base)),
				 cases[i].better);
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		double grouped; /* NAN: none */
	} cases[] = {
		{"1,234", 1234},
		{"1,23", 1.23},
		{"0,123", 0.123},
		{"1,234.5", 1234.5},
		{"1.234,5", 1234.5},
		{"1.234", 1.234},
		{"1.234.567", 1234567},
		{"12,345,678", 12345678},
		{"1'234'567.5", 1234567.5},
		{" 5 ", 5},
		{"-1.5e3", -1500},
		{"", NAN},
		{"x", NAN},
		{"nan", NAN},
		{"0x10", NAN},
		{"1e999", NAN},
		{"1234,567", 1234.567},
		{"12345,678", 12345.678},
	};
	double v;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool ok = metric_grouped(str_of(cases[i].text), &v);

		assert_int_equal(ok, !isnan(cases[i].grouped));
		assert_true(!ok || v == cases[i].grouped);
	}
	assert_true(metric_number(STR("-Infinity"), &v) && v == -INFINITY);
	assert_true(metric_number(STR("NaN"), &v) && isnan(v));
	assert_false(metric_number(STR("0x10"), &v));
	assert_int_equal(metric_value(STR("9223372036854775807")).kind, VALUE_INT);
	assert_int_equal(metric_value(STR("9223372036854775808")).kind, VALUE_REAL);
	assert_int_equal(metric_value(STR(" ")).kind, VALUE_NONE);
	assert_int_equal(metric_value(STR("1 2")).kind, VALUE_TEXT);
}

static void test_statistics(void **state)
{
	double even[] = {4, 1, 3, 2}, odd[] = {3, 1, 2}, huge[] = {1.7e308, 1.7e308};

	assert_true(metric_median(even, 4) == 2.5);
	assert_true(metric_median(odd, 3) == 2);
	assert_true(metric_median(huge, 2) == 1.7e308);
	assert_true(isnan(metric_median(odd, 0)));
	assert_true(fabs(metric_stddev(even, 4) - 1.2909944487358056) < 1e-15);
	assert_true(isnan(metric_stddev(odd, 1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_perf_stat),
		cmocka_unit_test(test_valgrind),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_jsonl),
		cmocka_unit_test(test_trainer_state),
		cmocka_unit_test(test_mlruns),
		cmocka_unit_test(test_pattern),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_pattern_refused),
		cmocka_unit_test(test_not_recognised),
		cmocka_unit_test(test_second_file),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_better),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_statistics),
	};

	return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
