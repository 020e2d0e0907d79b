"""Was that run on the GPU, by its log?"""
