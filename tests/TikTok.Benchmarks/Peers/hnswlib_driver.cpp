// Builds an index of nmslib/hnswlib over a file of vectors, then searches it as it is told on standard input, so that it can take turns with another.
//   hnswlib_driver BASE QUERIES DIMENSION M EF_CONSTRUCTION
//   > built SECONDS BYTES                     processor time; anonymous memory that came with the index
//   < search K EF RESULTS                     one pass over all queries; K labels for each to the file RESULTS, 0-based numbers of the base, 32 bits each
//   > searched SECONDS
// Vectors are fp32, of length 1. One thread.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "hnswlib/hnswlib.h"

static double processor_seconds() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static long anonymous_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("RssAnon:", 0) == 0) return std::stol(line.substr(8)) * 1024;
    return 0;
}

struct Vectors {
    const float* data;
    size_t count;

    Vectors(const char* path, size_t dimension) {
        int file = open(path, O_RDONLY);
        struct stat about;
        if (file < 0 || fstat(file, &about) != 0) {
            std::perror(path);
            std::exit(2);
        }
        count = about.st_size / (dimension * sizeof(float));
        data = static_cast<const float*>(mmap(nullptr, about.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0));
    }
};

int main(int argc, char** argv) {
    if (argc != 6) return 2;
    const size_t dimension = std::stoul(argv[3]), m = std::stoul(argv[4]), ef_construction = std::stoul(argv[5]);
    const Vectors base(argv[1], dimension), queries(argv[2], dimension);

    const long bytes_before = anonymous_bytes();
    const double build_start = processor_seconds();
    hnswlib::InnerProductSpace space(dimension);
    hnswlib::HierarchicalNSW<float> index(&space, base.count, m, ef_construction);
    for (size_t i = 0; i < base.count; i++) index.addPoint(base.data + i * dimension, i);
    std::cout << "built " << processor_seconds() - build_start << ' ' << anonymous_bytes() - bytes_before << std::endl;

    std::string command, path;
    for (size_t k, ef; std::cin >> command >> k >> ef >> path;) {
        index.setEf(ef);
        std::vector<uint32_t> labels(queries.count * k);
        const double start = processor_seconds();
        for (size_t q = 0; q < queries.count; q++) {
            auto found = index.searchKnn(queries.data + q * dimension, k);
            for (size_t at = q * k; !found.empty(); found.pop()) labels[at++] = static_cast<uint32_t>(found.top().second);
        }
        const double seconds = processor_seconds() - start;
        std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(labels.data()), labels.size() * sizeof(uint32_t));
        std::cout << "searched " << seconds << std::endl;
    }
}
