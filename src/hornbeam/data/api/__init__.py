"""The public names of datasets: `data.*` of both generations, `data.experimental.*`, `contrib.data.*`."""
