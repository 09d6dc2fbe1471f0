"""SavedModels: a folder with graphs, their signatures, the variables' values and files they need.

`builder` writes them and `loader` reads them into sessions; `signatures` describes inputs and outputs.
"""
