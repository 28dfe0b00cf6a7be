// SPDX-License-Identifier: GPL-3.0-or-later
/* Readers of benchmarks: each sample is recognised, and gives what stands beside it (see
 * metrics.h). */
#include "metrics.h"

static void test_jmh(void **state)
{
	static const struct sample cases[] = {
		{"jmh", "report",
		 "[INFO] Running\n"
		 "[\n"
		 " {\"jmhVersion\":\"1.36\",\"benchmark\":\"org.a.Sort.run\",\"mode\":\"avgt\","
		 "\"params\":{\"n\":\"10\",\"k\":\"x\"},\n"
		 "  "
		 "\"primaryMetric\":{\"score\":2.0,\"scoreError\":\"NaN\",\"scoreConfidence\":["
		 "\"NaN\",\"NaN\"],\"scorePercentiles\":{\"50.0\":2.0},\n"
		 "   \"scoreUnit\":\"us/op\",\"rawData\":[[1.0,2.0],[3.0]]},\n"
		 "  "
		 "\"secondaryMetrics\":{\"\u00b7gc.alloc.rate\":{\"score\":5.0,\"scoreUnit\":\"MB/"
		 "sec\",\"rawData\":[[5.0]]}}},\n"
		 " {\"benchmark\":\"org.a.Sort.run\",\"mode\":\"sample\",\"primaryMetric\":{"
		 "\"score\":1.5,\"scoreUnit\":\"ms/op\",\n"
		 "   "
		 "\"scorePercentiles\":{\"50.0\":1.25},\"rawDataHistogram\":[[[[1.0,3],[2.0,1]]]]}}"
		 ",\n"
		 " {\"benchmark\":\"org.a.Sort.none\",\"mode\":\"thrpt\"},\n"
		 " {\"mode\":\"thrpt\"}\n"
		 "]\n",
		 "bench.org.a.Sort.run(n=10,k=x).time.mean = 2e-06 s < n=0\n"
		 "bench.org.a.Sort.run(n=10,k=x).gc.alloc.rate.mean = 5000000 bytes/s > n=0\n"
		 "bench.org.a.Sort.run.time_sample = 0.00125 s < n=4 sd=0.0005\n"
		 "bench.org.a.Sort.run(n=10,k=x).time = 2e-06 s < n=3 sd=1e-06\n"
		 "bench.org.a.Sort.run(n=10,k=x).gc.alloc.rate = 5000000 bytes/s >\n"
		 "bench.rows = 3i\n"
		 "bench.org.a.Sort.run(n=10,k=x).time(repetition) s < 1:1e-06 2:2e-06 3:3e-06\n"
		 "note 9: org.a.Sort.none has no primaryMetric\n"
		 "note 10: a result without the name of its benchmark\n"},
		{"jmh", "report",
		 "# Run complete. Total time: 00:00:40\n"
		 "\n"
		 "Benchmark               (n)  (kind)   Mode  Cnt     Score     Error   Units\n"
		 "Sort.run                 10    fast  thrpt    5  1234.500 \u00b1  10.250  "
		 "ops/ms\n"
		 "Sort.run:\u00b7gc.alloc.rate 10    N/A   thrpt    5     1.500 \u00b1   0.100  "
		 "MB/sec\n"
		 "Sort.once                10    fast     ss          0.005            s/op\n"
		 "Sort.tiny                10    fast   avgt    3  \u2248 10\u207b\u2076           "
		 "  s/op\n"
		 "\n"
		 "Done\n",
		 "bench.Sort.run(n=10,kind=fast).throughput = 1234500 1/s > n=5\n"
		 "bench.Sort.run(n=10).gc.alloc.rate = 1500000 bytes/s > n=5\n"
		 "bench.Sort.once(n=10,kind=fast).time_single = 0.005 s < n=0\n"
		 "bench.rows = 4i\n"
		 "note 7: the score of Sort.tiny is no number\n"},
	};

	CHECK_ALL(cases);
}

static void test_hyperfine(void **state)
{
	static const struct sample cases[] = {
		{"hyperfine", "report",
		 "{\"results\":[\n"
		 " {\"command\":\"sleep "
		 "{n}\",\"mean\":1.5,\"stddev\":0.5,\"median\":1.5,\"user\":0.25,\"system\":0.125,"
		 "\"min\":1.0,\"max\":2.0,\n"
		 "  \"times\":[1.0,2.0],\"exit_codes\":[0,null],\"parameters\":{\"n\":\"1\"}},\n"
		 " {\"command\":\"true\",\"mean\":0.5,\"stddev\":null,\"median\":0.5,\"user\":0,"
		 "\"system\":0,\"min\":0.5,\"max\":0.5}]}\n",
		 "bench.sleep {n}(n=1).time.mean = 1.5 s < n=0\n"
		 "bench.sleep {n}(n=1).time.min = 1 s < n=0\n"
		 "bench.sleep {n}(n=1).time.max = 2 s < n=0\n"
		 "bench.sleep {n}(n=1).user = 0.25 s < n=0\n"
		 "bench.sleep {n}(n=1).system = 0.125 s < n=0\n"
		 "bench.sleep {n}(n=1).failed = 1i < n=2\n"
		 "bench.true.time = 0.5 s < n=0\n"
		 "bench.true.time.mean = 0.5 s < n=0\n"
		 "bench.true.time.min = 0.5 s < n=0\n"
		 "bench.true.time.max = 0.5 s < n=0\n"
		 "bench.true.user = 0 s < n=0\n"
		 "bench.true.system = 0 s < n=0\n"
		 "bench.sleep {n}(n=1).time = 1.5 s < n=2 sd=0.7071\n"
		 "bench.rows = 2i\n"
		 "bench.sleep {n}(n=1).time(repetition) s < 1:1 2:2\n"},
		{"hyperfine", "report",
		 "command,mean,stddev,median,user,system,min,max,parameter_n\n"
		 "sleep 1,1.5,0.25,1.25,0.5,0.125,1,2,1\n",
		 "bench.sleep 1(n=1).time.mean = 1.5 s < n=0\n"
		 "bench.sleep 1(n=1).user = 0.5 s < n=0\n"
		 "bench.sleep 1(n=1).system = 0.125 s < n=0\n"
		 "bench.sleep 1(n=1).time.min = 1 s < n=0\n"
		 "bench.sleep 1(n=1).time.max = 2 s < n=0\n"
		 "bench.sleep 1(n=1).time = 1.25 s < n=0 sd=0.25\n"
		 "bench.rows = 1i\n"},
		{"hyperfine", "report",
		 "Benchmark 1: sleep 1\n"
		 "  Time (mean \u00b1 \u03c3):      1.003 s \u00b1  0.250 s    [User: 1.5 ms, "
		 "System: 0.5 ms]\n"
		 "  Range (min \u2026 max):    1.001 s \u2026  1.004 s    10 runs\n"
		 " \n"
		 "Benchmark 2: false\n"
		 "  Time (abs \u2261):        500.0 \u00b5s               [User: 0.5 ms, System: "
		 "0.0 ms]\n"
		 " \n"
		 "  Warning: Ignoring non-zero exit code.\n"
		 " \n"
		 "Summary\n"
		 "  'false' ran\n"
		 "    2.00 times faster than 'sleep 1'\n",
		 "bench.sleep 1.user = 0.0015 s < n=0\n"
		 "bench.sleep 1.system = 0.0005 s < n=0\n"
		 "bench.sleep 1.time.min = 1.001 s < n=0\n"
		 "bench.sleep 1.time.max = 1.004 s < n=0\n"
		 "bench.sleep 1.time = 1.003 s < n=10 sd=0.25\n"
		 "bench.false.user = 0.0005 s < n=0\n"
		 "bench.false.system = 0 s < n=0\n"
		 "bench.false.time = 0.0005 s <\n"
		 "bench.rows = 2i\n"
		 "note 8: Ignoring non-zero exit code.\n"},
		{"hyperfine", "report",
		 "| Command | `n` | Mean [s] | Min [s] | Max [s] | Relative |\n"
		 "|:---|---:|---:|---:|---:|---:|\n"
		 "| `a \\| b` | 2 | 1.5 \u00b1 0.25 | 1.0 | 2.0 | 1.00 |\n",
		 "bench.a | b(n=2).time = 1.5 s < n=0 sd=0.25\n"
		 "bench.a | b(n=2).time.min = 1 s < n=0\n"
		 "bench.a | b(n=2).time.max = 2 s < n=0\n"
		 "bench.rows = 1i\n"},
	};

	CHECK_ALL(cases);
}

static void test_gbench(void **state)
{
	static const struct sample cases[] = {
		{"google-benchmark", "report",
		 "{\"context\":{\"num_cpus\":8,\"library_build_type\":\"release\",\"load_avg\":[1,"
		 "2]},\n"
		 "\"benchmarks\":[\n"
		 "{\"name\":\"BM_a/8_mean\",\"run_name\":\"BM_a/"
		 "8\",\"run_type\":\"aggregate\",\"repetitions\":5,\"aggregate_name\":\"mean\","
		 "\"real_time\":12,\"cpu_time\":11,\"time_unit\":\"us\"},\n"
		 "{\"name\":\"BM_a/8_median\",\"run_name\":\"BM_a/"
		 "8\",\"run_type\":\"aggregate\",\"repetitions\":5,\"aggregate_name\":\"median\","
		 "\"real_time\":10,\"cpu_time\":9,\"time_unit\":\"us\"},\n"
		 "{\"name\":\"BM_a/8_stddev\",\"run_name\":\"BM_a/"
		 "8\",\"run_type\":\"aggregate\",\"repetitions\":5,\"aggregate_name\":\"stddev\","
		 "\"real_time\":2,\"cpu_time\":1,\"time_unit\":\"us\"},\n"
		 "{\"name\":\"old\",\"iterations\":5,\"real_time\":3,\"cpu_time\":2,\"time_unit\":"
		 "\"ms\",\"bytes_per_second\":1024,\"Foo\":1.5},\n"
		 "{\"name\":\"old\",\"iterations\":5,\"real_time\":5,\"cpu_time\":4,\"time_unit\":"
		 "\"ms\",\"bytes_per_second\":2048,\"Foo\":NaN},\n"
		 "{\"name\":\"old_mean\",\"iterations\":2,\"real_time\":4,\"cpu_time\":3,\"time_"
		 "unit\":\"ms\"},\n"
		 "{\"name\":\"s\",\"run_name\":\"s\",\"run_type\":\"iteration\",\"skipped\":true,"
		 "\"skip_message\":\"no "
		 "gpu\",\"real_time\":0,\"cpu_time\":0,\"time_unit\":\"ns\"}]}\n",
		 "S s [no gpu]\n"
		 "context.num_cpus = 8i\n"
		 "context.library_build_type = 'release'\n"
		 "bench.BM_a/8.time = 1e-05 s < n=5 sd=2e-06\n"
		 "bench.BM_a/8.cpu_time = 9e-06 s < n=5 sd=1e-06\n"
		 "bench.old.time = 0.004 s < n=2 sd=0.001414\n"
		 "bench.old.cpu_time = 0.003 s < n=2 sd=0.001414\n"
		 "bench.old.bytes_per_second = 1536 bytes/s > n=2 sd=724.1\n"
		 "bench.old.Foo = nan n=2\n"
		 "bench.rows = 7i\n"
		 "bench.old.time(repetition) s < 1:0.003 2:0.005\n"
		 "bench.old.cpu_time(repetition) s < 1:0.002 2:0.004\n"
		 "bench.old.bytes_per_second(repetition) bytes/s > 1:1024 2:2048\n"
		 "bench.old.Foo(repetition) 1:1.5 2:nan\n"},
		{"google-benchmark", "report",
		 "Run on (8 X 24 MHz CPU s)\n"
		 "-----------------------------------------------------------------------\n"
		 "Benchmark                 Time             CPU   Iterations UserCounters...\n"
		 "-----------------------------------------------------------------------\n"
		 "BM two words           1.50 us          500 ns         1000 "
		 "bytes_per_second=2.5Gi/s Foo=12k\n"
		 "BM_med_mean             100 ns           90 ns            3\n"
		 "BM_med_median           110 ns           95 ns            3\n"
		 "BM_bad           ERROR OCCURRED: 'out of luck'\n",
		 "E BM_bad [out of luck]\n"
		 "bench.BM_med.time = 1.1e-07 s < n=3\n"
		 "bench.BM_med.cpu_time = 9.5e-08 s < n=3\n"
		 "bench.BM two words.time = 1.5e-06 s <\n"
		 "bench.BM two words.cpu_time = 5e-07 s <\n"
		 "bench.BM two words.bytes_per_second = 2.684355e+09 bytes/s >\n"
		 "bench.BM two words.Foo = 12000i\n"
		 "bench.rows = 4i\n"},
		{"google-benchmark", "report",
		 "2026-11-26T12:00:00+00:00\nRunning ./b\n"
		 "name,iterations,real_time,cpu_time,time_unit,bytes_per_second,items_per_second,"
		 "label,error_occurred,error_message,\"Foo\"\n"
		 "\"BM_a/1\",10,2,1.5,us,2.5e+09,,,,,3\n"
		 "\"BM_a/1\",10,4,2.5,us,2.5e+09,,,,,5\n"
		 "\"BM_a/1_median\",2,3,2,us,2.5e+09,,,,,4\n"
		 "\"BM_b_mean\",3,7,7,ns,,,\"a, b\",,,1\n"
		 "\"BM_b_median\",3,6,5,ns,,,\"a, b\",,,2\n"
		 "\"BM_b_stddev\",3,1,0.5,ns,,,\"a, b\",,,0.25\n"
		 "\"BM_b_cv\",3,0.1,0.1,,,,\"a, b\",,,0.1\n"
		 "\"BM_c_BigO\",,3,2,N,,,,,,\n"
		 "\"BM_c_RMS\",,0.25,0.1,,,,,,,\n"
		 "\"BM_e\",,,,,,,,true,\"out of \"\"luck\"\"\"\n",
		 "E BM_e [out of \"luck\"]\n"
		 "bench.BM_b.time = 6e-09 s < n=3 sd=1e-09\n"
		 "bench.BM_b.cpu_time = 5e-09 s < n=3 sd=5e-10\n"
		 "bench.BM_b.Foo = 2 n=3 sd=0.25\n"
		 "bench.BM_c.BigO = 'N'\n"
		 "bench.BM_c.BigO.time = 3e-09 s <\n"
		 "bench.BM_c.RMS = 0.25\n"
		 "bench.BM_a/1.time = 3e-06 s < n=2 sd=1.414e-06\n"
		 "bench.BM_a/1.cpu_time = 2e-06 s < n=2 sd=7.071e-07\n"
		 "bench.BM_a/1.bytes_per_second = 2.5e+09 bytes/s > n=2 sd=0\n"
		 "bench.BM_a/1.Foo = 4i n=2 sd=1.414\n"
		 "bench.rows = 10i\n"
		 "bench.BM_a/1.time(repetition) s < 1:2e-06 2:4e-06\n"
		 "bench.BM_a/1.cpu_time(repetition) s < 1:1.5e-06 2:2.5e-06\n"
		 "bench.BM_a/1.bytes_per_second(repetition) bytes/s > 1:2.5e+09 2:2.5e+09\n"
		 "bench.BM_a/1.Foo(repetition) 1:3 2:5\n"},
		{"google-benchmark", "report",
		 "Benchmark        Time       CPU   Iterations UserCounters...\n"
		 "-----------------------------------------------------------\n"
		 "BM_a_mean      100 ns     90 ns            3 Foo=2\n"
		 "BM_a_median    110 ns     95 ns            3 Foo=3\n"
		 "BM_a_stddev      2 ns      1 ns            3 Foo=0.5\n"
		 "BM_a_cv       2.00 %    1.00 %            3 Foo=9.00%\n",
		 "bench.BM_a.time = 1.1e-07 s < n=3 sd=2e-09\n"
		 "bench.BM_a.cpu_time = 9.5e-08 s < n=3 sd=1e-09\n"
		 "bench.BM_a.Foo = 3 n=3 sd=0.5\n"
		 "bench.rows = 4i\n"},
	};

	CHECK_ALL(cases);
}

static void test_json(void **state)
{
	static const struct sample cases[] = {
		{"pytest-benchmark", "report",
		 "{\"machine_info\":{},\"commit_info\":{},\"benchmarks\":[\n"
		 " {\"name\":\"t1\",\"fullname\":\"b.py::t1\",\"stats\":{\"min\":1,\"max\":3,"
		 "\"mean\":2,\"stddev\":1,\"median\":2,\"rounds\":3,\"data\":[1,2,3]},\"extra_"
		 "info\":{\"size\":10}},\n"
		 " {\"name\":\"t2\",\"fullname\":\"b.py::t2\",\"stats\":{\"mean\":2,\"stddev\":0.5,"
		 "\"median\":2.5,\"rounds\":300}},\n"
		 " {\"name\":\"t3\",\"fullname\":\"b.py::t3\"}]}\n",
		 "bench.b.py::t1.time.mean = 2 s < n=0\n"
		 "bench.b.py::t1.time.min = 1 s < n=0\n"
		 "bench.b.py::t1.time.max = 3 s < n=0\n"
		 "bench.b.py::t1.extra.size = 10i\n"
		 "bench.b.py::t2.time = 2.5 s < n=300 sd=0.5\n"
		 "bench.b.py::t2.time.mean = 2 s < n=0\n"
		 "bench.b.py::t1.time = 2 s < n=3 sd=1\n"
		 "bench.rows = 3i\n"
		 "bench.b.py::t1.time(repetition) s < 1:1 2:2 3:3\n"
		 "note 4: b.py::t3 has no times\n"},
		{"benchmarkdotnet", "report",
		 "{\"Title\":\"x\",\"HostEnvironmentInfo\":{},\"Benchmarks\":[\n"
		 " {\"FullName\":\"N.C.M(n: "
		 "1)\",\"Statistics\":{\"OriginalValues\":[1000,3000],\"N\":2,\"Mean\":2000,"
		 "\"Min\":1000,\"Max\":3000,\"Median\":2000,\"StandardDeviation\":1414},\n"
		 "  \"Memory\":{\"Gen0Collections\":3,\"BytesAllocatedPerOperation\":64}},\n"
		 " {\"FullName\":\"N.C.Bad\",\"Statistics\":null}]}\n",
		 "E N.C.Bad [no statistics: it did not run]\n"
		 "bench.N.C.M(n: 1).time.mean = 2e-06 s < n=0\n"
		 "bench.N.C.M(n: 1).time.min = 1e-06 s < n=0\n"
		 "bench.N.C.M(n: 1).time.max = 3e-06 s < n=0\n"
		 "bench.N.C.M(n: 1).allocated = 64 bytes < n=0\n"
		 "bench.N.C.M(n: 1).gc.gen0 = 3 n=0\n"
		 "bench.N.C.M(n: 1).time = 2e-06 s < n=2 sd=1.414e-06\n"
		 "bench.rows = 2i\n"
		 "bench.N.C.M(n: 1).time(repetition) s < 1:1e-06 2:3e-06\n"},
		{"vitest-bench", "report",
		 "{\"files\":[{\"filepath\":\"a.ts\",\"groups\":[{\"fullName\":\"a.ts > "
		 "g\",\"benchmarks\":[\n"
		 " {\"name\":\"x\",\"sampleCount\":2,\"median\":1.5,\"mean\":1.5,\"sd\":0.5,\"hz\":"
		 "666.5,\"samples\":[1,2]}]}]}]}\n",
		 "bench.a.ts > g > x.time.mean = 0.0015 s < n=0\n"
		 "bench.a.ts > g > x.throughput = 666.5 1/s > n=0\n"
		 "bench.a.ts > g > x.time = 0.0015 s < n=2 sd=0.0007071\n"
		 "bench.rows = 1i\n"
		 "bench.a.ts > g > x.time(repetition) s < 1:0.001 2:0.002\n"},
		{"bmf", "report",
		 "{\"a::b\":{\"latency\":{\"value\":1500,\"lower_value\":1000},\"throughput\":{"
		 "\"value\":2.5},\"own\":{\"value\":7}},\n"
		 "\"none\":{},\"a::b\":{\"latency\":{\"value\":1}}}\n",
		 "bench.a::b.latency = 1.5e-06 s < n=0\n"
		 "bench.a::b.latency.lower = 1e-06 s < n=0\n"
		 "bench.a::b.throughput = 2.5 1/s > n=0\n"
		 "bench.a::b.own = 7 n=0\n"
		 "bench.a::b.latency#2 = 1e-09 s < n=0\n"
		 "bench.rows = 2i\n"
		 "note 2: none has no measures\n"
		 "note 2: the name bench.a::b.latency comes again: now bench.a::b.latency#2\n"},
		{"action-benchmark", "out/customSmallerIsBetter.json",
		 "[{\"name\":\"x\",\"unit\":\"MB/s\",\"value\":1.5,\"range\":\"\u00b1 "
		 "5\"},{\"name\":\"y\",\"unit\":\"things\",\"value\":\"3\"},{\"name\":\"z\"}]\n",
		 "bench.x.value = 1500000 bytes/s <\n"
		 "bench.x.range = '\u00b1 5'\n"
		 "bench.y.value = 3 things <\n"
		 "bench.rows = 2i\n"
		 "note 1: an entry without name, unit or value\n"},
	};

	CHECK_ALL(cases);
}

static void test_lines(void **state)
{
	static const struct sample cases[] = {
		{"criterion", "report",
		 "Benchmarking fib: Collecting 50 samples in estimated 5.0 s (1M iterations)\n"
		 "fib                     time:   [1.0000 \u00b5s 1.5000 \u00b5s 2.0000 \u00b5s]\n"
		 "                        thrpt:  [500.00 Melem/s 600.00 Melem/s 1.0000 Gelem/s]\n"
		 "                 change:\n"
		 "                        time:   [-1.5% +0.5% +2.5%] (p = 0.50 > 0.05)\n"
		 "                        thrpt:  [-1.5% +0.5% +2.5%]\n"
		 "a benchmark with a long name\n"
		 "                        time:   [900.00 ns 1.0000 \u00b5s 1.1000 \u00b5s]\n"
		 "test plain ... bench:       1,500 ns/iter (+/- 200) = 64 MB/s\n",
		 "bench.fib.time = 1.5e-06 s < n=50\n"
		 "bench.fib.time.lower = 1e-06 s < n=50\n"
		 "bench.fib.time.upper = 2e-06 s < n=50\n"
		 "bench.fib.throughput = 6e+08 1/s > n=50\n"
		 "bench.fib.throughput.lower = 5e+08 1/s > n=50\n"
		 "bench.fib.throughput.upper = 1e+09 1/s > n=50\n"
		 "bench.a benchmark with a long name.time = 1e-06 s < n=0\n"
		 "bench.a benchmark with a long name.time.lower = 9e-07 s < n=0\n"
		 "bench.a benchmark with a long name.time.upper = 1.1e-06 s < n=0\n"
		 "bench.plain.time = 1.5e-06 s <\n"
		 "bench.plain.time.range = 2e-07 s <\n"
		 "bench.plain.throughput = 6.4e+07 bytes/s >\n"
		 "bench.rows = 3i\n"},
		{"benchmarkjs", "report",
		 "a x b x 1,234,567 ops/sec \u00b11.96% (100 runs sampled)\n"
		 "b x 12.5 ops/sec \u00b10.50% (1 run sampled)\n"
		 "not x a result\n"
		 "timer: 1.5s\n"
		 "other: 250ms - timer ended\n",
		 "bench.a x b.throughput = 1234567 1/s > n=100 sd=1.235e+05\n"
		 "bench.b.throughput = 12.5 1/s >\n"
		 "bench.timer.time = 1.5 s <\n"
		 "bench.other.time = 0.25 s <\n"
		 "bench.rows = 4i\n"},
		{"iai", "report",
		 "bench_short\n"
		 "  Instructions:                1735|1700            (+2.05882%)\n"
		 "  L1 Hits:                     2364\n"
		 "  Estimated Cycles:            2404\n"
		 "\n"
		 "bench::group::long one:setup()\n"
		 "  Instructions:            1,735,000\n"
		 "  Estimated Cycles:        2,000,000\n",
		 "bench.bench_short.instructions = 1735i <\n"
		 "bench.bench_short.l1_hits = 2364i\n"
		 "bench.bench_short.estimated_cycles = 2404i <\n"
		 "bench.bench::group::long one:setup().instructions = 1735000i <\n"
		 "bench.bench::group::long one:setup().estimated_cycles = 2000000i <\n"
		 "bench.rows = 2i\n"},
	};

	CHECK_ALL(cases);
}

static void test_asv(void **state)
{
	static const struct sample cases[] = {
		{"asv", "report",
		 "\u00b7 Running 3 total benchmarks\n"
		 "[  0.00%] \u00b7 For project commit 4238c44d <main>:\n"
		 "[  0.00%] \u00b7\u00b7 Benchmarking conda-py3.11\n"
		 "[ 25.00%] \u00b7\u00b7\u00b7 m.Suite.time_a                        "
		 "1.50\u00b10.1ms\n"
		 "[ 50.00%] \u00b7\u00b7\u00b7 m.Suite.mem_b                           2.5M\n"
		 "[ 60.00%] \u00b7\u00b7\u00b7 m.Suite.track_c                           42\n"
		 "[ 70.00%] \u00b7\u00b7\u00b7 m.Suite.time_d                            ok\n"
		 "[ 70.00%] \u00b7\u00b7\u00b7 ===== ==========\n"
		 "                n            \n"
		 "              ----- ----------\n"
		 "                10   1.0\u00b10.1\u03bcs \n"
		 "               100    failed  \n"
		 "              ===== ==========\n"
		 "[ 80.00%] \u00b7\u00b7\u00b7 m.Suite.time_e                    1/4 failed\n"
		 "[ 80.00%] \u00b7\u00b7\u00b7 ===== ======== =======\n"
		 "               --         k       \n"
		 "              ----- ----------------\n"
		 "                n      a        b     \n"
		 "              ===== ======== =======\n"
		 "                1     1ms      2ms  \n"
		 "                2     n/a      3ms  \n"
		 "              ===== ======== =======\n"
		 "[100.00%] \u00b7\u00b7\u00b7 m.Suite.time_f                         n/a\n",
		 "F m.Suite.time_d(env=conda-py3.11,n=100) []\n"
		 "S m.Suite.time_e(env=conda-py3.11,n=2,k=a) []\n"
		 "S m.Suite.time_f(env=conda-py3.11) []\n"
		 "bench.m.Suite.time_a(env=conda-py3.11).time = 0.0015 s < n=0 sd=0.0001483\n"
		 "bench.m.Suite.mem_b(env=conda-py3.11).memory = 2500000 bytes < n=0\n"
		 "bench.m.Suite.track_c(env=conda-py3.11).value = 42 n=0\n"
		 "bench.m.Suite.time_d(env=conda-py3.11,n=10).time = 1e-06 s < n=0 sd=1.483e-07\n"
		 "bench.m.Suite.time_e(env=conda-py3.11,n=1,k=a).time = 0.001 s < n=0\n"
		 "bench.m.Suite.time_e(env=conda-py3.11,n=1,k=b).time = 0.002 s < n=0\n"
		 "bench.m.Suite.time_e(env=conda-py3.11,n=2,k=b).time = 0.003 s < n=0\n"
		 "bench.rows = 10i\n"},
	};

	CHECK_ALL(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jmh),    cmocka_unit_test(test_hyperfine),
		cmocka_unit_test(test_gbench), cmocka_unit_test(test_json),
		cmocka_unit_test(test_lines),  cmocka_unit_test(test_asv),
	};

	return cmocka_run_group_tests_name("benchmarks", tests, NULL, NULL);
}
