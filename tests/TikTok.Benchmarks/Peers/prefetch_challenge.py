# Scores sessions in the public simulator of the ACM Multimedia 2022 short video streaming challenge, run from its own directory (it reads data/ there).
# Standard input: JSON, a list of {"policy": "no_save" | "fixed_preload" | "steps", "class": ..., "trace": N, "steps": [[video, rendition, sleepMs], ...]}.
# Standard output: JSON, in the same order: [score, bytes downloaded, QoE].
import contextlib
import io
import json
import random
import sys
import types

sessions = json.load(sys.stdin)
sys.argv = ["run.py"]
sys.path.insert(0, ".")

# The simulator seeds Python's generator with NumPy integers, which newer Pythons refuse.
seed_of_python = random.seed
random.seed = lambda value=None: seed_of_python(None if value is None else int(value))

import run
from simulator import short_video_load_trace


class Algorithm:
    """Takes the steps that were taken elsewhere, whatever it sees."""

    steps = []

    def Initialize(self):
        self.left = iter(Algorithm.steps)

    def run(self, delay, rebuf, video_size, end_of_video, play_video_id, players, first_step=False):
        video, rendition, sleep = next(self.left)
        return (play_video_id, 0, sleep) if sleep > 0 else (video, rendition, 0)


sys.modules["solution"] = types.ModuleType("solution")
sys.modules["solution"].Algorithm = Algorithm

scores = []
loaded = None
for session in sessions:
    if loaded != session["class"]:
        loaded = session["class"]
        run.all_cooked_time, run.all_cooked_bw = short_video_load_trace.load_trace("data/network_traces/%s/" % loaded)
    # What one session leaves in this list would otherwise be in the next one's score.
    run.last_chunk_bitrate[:] = [-1] * len(run.last_chunk_bitrate)
    policy = session["policy"]
    Algorithm.steps = session.get("steps") or []
    with contextlib.redirect_stdout(io.StringIO()):
        result = run.test(policy == "no_save", policy == "fixed_preload", "." if policy == "steps" else policy, session["trace"], 0)
    scores.append([float(result[0]), float(result[1]), float(result[2])])
json.dump(scores, sys.stdout)
