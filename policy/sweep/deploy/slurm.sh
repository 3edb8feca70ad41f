#!/usr/bin/env bash
# One run of a plan as a task of a Slurm array. Submit it with the numbers of the plan's runs:
#
#   sbatch --array=0-$(($(fpmd sweep status PLAN.json -json | wc -l) - 1)) --time=4:00:00 slurm.sh PLAN.json FOLDER
#
# The folder is shared by the nodes. A minute before the time limit Slurm sends TERM: the run saves, and the task is put
# back into the queue, to go on where it was. A task whose node is lost is put back by Slurm itself.
#SBATCH --job-name=onestep
#SBATCH --cpus-per-task=1
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:TERM@60
set -u
plan=$1 folder=$2

requeue() {
  kill -TERM "$run" 2>/dev/null
  wait "$run"
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
  exit 0
}
"${FPMD:-fpmd}" sweep run "$plan" -out "$folder" &
run=$!
trap requeue TERM
wait "$run"
